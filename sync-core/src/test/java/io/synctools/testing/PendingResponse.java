package io.synctools.testing;

import java.nio.charset.StandardCharsets;
import okhttp3.Headers;

/** What a {@link FaultHub} is about to answer; a {@link Fault} changes it. Not thread-safe. */
public final class PendingResponse {

    /** What happens to the connection. */
    public enum End {
        /** All goes well. */
        WELL,
        /** Closed in an orderly way, too early. */
        CLOSE,
        /** Reset. */
        RESET,
        /** Silence until the client goes away. */
        SILENCE
    }

    /** How the end of a body is told. */
    public enum Framing {
        /** By its length. */
        LENGTH,
        /** In chunks. */
        CHUNKS,
        /** By closing the connection. */
        CLOSE
    }

    /** The status. */
    public int status;
    /** The headers, without those of length and framing. */
    public final Headers.Builder headers = new Headers.Builder();
    /** The whole content; a range is cut from it at the end. */
    public byte[] content;
    /** Whether a {@code Range} of the request is honoured. */
    public boolean ranges;
    /** How far a wrong server is off: added to the start of what it sends instead of the range. */
    public long shift;
    /** What a partial answer says that the whole size is; negative for the truth. */
    public long claimedTotal = -1;
    /** Whether a partial answer is dressed as 200. */
    public boolean partialAs200;
    /** Whether the body is compressed. */
    public boolean gzip;
    /** How the end of the body is told. */
    public Framing framing = Framing.LENGTH;
    /** What happens to the connection. */
    public End end = End.WELL;
    /** After how many bytes of the body; negative for before the headers. */
    public long endsAt;
    /** Whether the body comes one byte at a time, far below one KiB a second. */
    public boolean drips;

    PendingResponse(int status, byte[] content) {
        this.status = status;
        this.content = content;
    }

    static PendingResponse json(int status, String text) {
        PendingResponse answer = new PendingResponse(status, text.getBytes(StandardCharsets.UTF_8));
        answer.headers.set("Content-Type", "application/json; charset=utf-8");
        return answer;
    }

    static PendingResponse bytes(byte[] content) {
        PendingResponse answer = new PendingResponse(200, content);
        answer.ranges = true;
        answer.headers.set("Content-Type", "application/octet-stream").set("Accept-Ranges", "bytes");
        return answer;
    }

    static PendingResponse redirect(String to) {
        PendingResponse answer = new PendingResponse(302, "Found".getBytes(StandardCharsets.UTF_8));
        answer.headers.set("Location", to);
        return answer;
    }
}
