package io.synctools.internal.http;

import io.synctools.model.ByteRange;
import io.synctools.spi.Settings;
import java.io.IOException;
import java.io.InputStream;

/**
 * HTTP as all our platforms speak it: redirects by hand, credentials to their own origin only, one pause per host
 * shared by all threads, a watchdog against silence, and a count of requests.
 *
 * <p>Thread-safe. Ends a request when the calling thread is interrupted. Does not retry.
 */
public final class Http {

    private Http() {}

    /** The client of a run, shared through its settings. */
    public static Http of(Settings settings) {
        return settings.shared(Http.class, s -> new Http());
    }

    /**
     * Sends one question and returns the answer, whatever its status, but: 408, 418, 429 and 5xx become a
     * {@link io.synctools.model.RetryLaterException}, whose pause, if the server named one, holds back every thread's
     * next request to that host.
     */
    public Answer send(Ask ask) throws IOException, InterruptedException {
        throw new UnsupportedOperationException();
    }

    /**
     * Opens exactly one range of a file of known size: checks {@code Content-Range}, skips what an ignored range sends
     * before it, refuses compressed or mismatching answers, and throws where the stream ends early. Remembers where a
     * redirect led, so that the next range goes there directly, and asks anew when that address has expired (403).
     *
     * @param size of the whole file in bytes
     */
    public InputStream openRange(Ask ask, long size, ByteRange range) throws IOException, InterruptedException {
        throw new UnsupportedOperationException();
    }
}
