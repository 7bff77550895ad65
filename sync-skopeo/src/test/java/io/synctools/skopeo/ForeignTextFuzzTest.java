package io.synctools.skopeo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.testing.Mutations;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a registry challenges us with and skopeo complains of, it is understood or passed over. */
class ForeignTextFuzzTest {
    private static final String SECRET = "pa?ss \"wo\\rd";
    private static final String LONG = "<p>error</p> \\\"".repeat(4000);

    private static Arbitrary<String> like(List<String> examples, List<String> words) {
        List<byte[]> bytes = examples.stream().map(text -> text.getBytes(UTF_8)).toList();
        return Mutations.of(bytes, words).map(mutated -> new String(mutated, UTF_8));
    }

    @Provide
    Arbitrary<String> errors() {
        return like(
                List.of(
                        "time=\"2026-01-01T00:00:00Z\" level=fatal msg=\"initializing source docker://q.io/a:b: reading"
                                + " manifest b: manifest unknown\"\n",
                        "Getting image source signatures\nlevel=error msg=short\nlevel=fatal msg=\"login "
                                + SECRET.replace("\\", "\\\\").replace("\"", "\\\"") + " denied: "
                                + "https://s3.example/x?X-Sig=abcd&y=1\"",
                        "level=fatal msg=\"received unexpected HTTP status: 503: " + LONG + "\"\n",
                        "panic: " + SECRET + "\n"),
                List.of(
                        "level=fatal msg=",
                        "\"",
                        "\\",
                        "\n",
                        "?",
                        "unauthorized",
                        "404 (not found",
                        "\0",
                        "\u001b[0m"));
    }

    @Property(seed = "20260101")
    void aReasonIsShortAndKeepsTheSecret(@ForAll("errors") String errors) {
        String reason = SkopeoFault.reason(errors, List.of(SECRET));
        assertTrue(reason.length() <= 610, reason);
        assertFalse(reason.contains(SECRET), reason);
        assertFalse(errors.contains(SECRET) && reason.contains("ss \"wo"), reason);
        assertTrue(List.of(SkopeoFault.values()).contains(SkopeoFault.of(reason)), reason);
    }
}
