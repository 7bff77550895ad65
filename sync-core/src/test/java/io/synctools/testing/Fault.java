package io.synctools.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/** One way in which a {@link FaultHub} misbehaves: it spoils an answer that was right. Thread-safe. */
@FunctionalInterface
public interface Fault {

    /** Spoils the answer. */
    void spoil(ReceivedRequest request, PendingResponse answer);

    /** Another status with an empty body, and headers in pairs of name and value. */
    static Fault status(int status, String... namesAndValues) {
        return (request, answer) -> {
            answer.status = status;
            answer.content = new byte[0];
            answer.ranges = false;
            for (int i = 0; i < namesAndValues.length; i += 2) {
                answer.headers.set(namesAndValues[i], namesAndValues[i + 1]);
            }
        };
    }

    /** The connection ends that way before the headers. */
    static Fault beforeHeaders(PendingResponse.End end) {
        return afterBytes(-1, end);
    }

    /** The connection ends that way after so many bytes of a body; a shorter body comes whole. */
    static Fault afterBytes(long bytes, PendingResponse.End end) {
        return (request, answer) -> {
            answer.end = end;
            answer.endsAt = bytes;
        };
    }

    /** The body comes one byte at a time. */
    static Fault drip() {
        return (request, answer) -> answer.drips = true;
    }

    /** Ranges are ignored: 200 and the whole file. */
    static Fault ignoredRange() {
        return (request, answer) -> answer.ranges = false;
    }

    /** A partial answer begins so many bytes off, honestly so in its {@code Content-Range}. */
    static Fault shiftedRange(long bytes) {
        return (request, answer) -> answer.shift = bytes;
    }

    /** A partial answer claims another size of the whole file. */
    static Fault wrongTotal(long total) {
        return (request, answer) -> answer.claimedTotal = total;
    }

    /** A partial answer is dressed as 200, with {@code Content-Range}. */
    static Fault partialAs200() {
        return (request, answer) -> answer.partialAs200 = true;
    }

    /** The body is compressed although nobody asked for it. */
    static Fault gzip() {
        return (request, answer) -> answer.gzip = true;
    }

    /** The body has no {@code Content-Length}. */
    static Fault framed(PendingResponse.Framing framing) {
        return (request, answer) -> answer.framing = framing;
    }

    /** Other content under the right headers. */
    static Fault content(Function<byte[], byte[]> change) {
        return (request, answer) -> answer.content = change.apply(answer.content);
    }

    /** ModelScope's listing of a model, cut without a word after so many entries. */
    static Fault listingCutTo(int entries) {
        return content(right -> {
            try {
                JsonNode all = Json.MAPPER.readTree(right);
                while (all.at("/Data/Files") instanceof ArrayNode files && files.size() > entries) {
                    files.remove(files.size() - 1);
                }
                return Json.MAPPER.writeValueAsBytes(all);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** One byte is wrong, the length is right. */
    static Fault wrongByte(int index) {
        return content(right -> {
            byte[] wrong = right.clone();
            wrong[Math.min(index, wrong.length - 1)] ^= 1;
            return wrong;
        });
    }

    /** The body is cut to so many bytes, with a {@code Content-Length} that fits. */
    static Fault cutTo(int bytes) {
        return content(right -> Arrays.copyOf(right, Math.min(bytes, right.length)));
    }

    /** Bytes are added at the end, with a {@code Content-Length} that fits. */
    static Fault grown(int bytes) {
        return content(right -> Arrays.copyOf(right, right.length + bytes));
    }

    /** A page for people with status 200, as portals and proxies send it. */
    static Fault html() {
        return (request, answer) -> {
            answer.content = "<!DOCTYPE html><html><body>Please sign in</body></html>".getBytes(StandardCharsets.UTF_8);
            answer.ranges = false;
            answer.status = 200;
            answer.headers.set("Content-Type", "text/html");
        };
    }

    /** A redirect to somewhere else. */
    static Fault redirect(int status, String to) {
        return status(status, "Location", to);
    }

    /** Several at once. */
    static Fault all(Fault... faults) {
        return (request, answer) -> {
            for (Fault fault : faults) {
                fault.spoil(request, answer);
            }
        };
    }
}
