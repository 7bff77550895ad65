package io.synctools.modelscope;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.RecordedRequest;
import okio.BufferedSink;

/** A file that a hub sends in ranges until it has sent a certain number of bytes over all connections; then silence. */
final class MeteredFile {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
    private static final int PIECE = 16 * 1024;

    private final byte[] content;
    private final AtomicLong sent = new AtomicLong();
    private volatile long limit = Long.MAX_VALUE;
    private volatile CountDownLatch reached = new CountDownLatch(1);
    private volatile CountDownLatch released = new CountDownLatch(1);

    MeteredFile(byte[] content) {
        this.content = content;
    }

    /** Falls silent after so many more bytes. */
    void silentAfter(long bytes) {
        reached = new CountDownLatch(1);
        released = new CountDownLatch(1);
        limit = sent.get() + bytes;
    }

    /** Waits until it fell silent. */
    void awaitSilence() throws InterruptedException {
        reached.await();
    }

    /** Sends all there is from now on; those who wait find their clients gone. */
    void speak() {
        limit = Long.MAX_VALUE;
        released.countDown();
    }

    /** Bytes sent in all. */
    long sent() {
        return sent.get();
    }

    MockResponse answer(RecordedRequest request) {
        Matcher range = RANGE.matcher(String.valueOf(request.getHeaders().get("Range")));
        boolean isPart = range.matches();
        int from = isPart ? Integer.parseInt(range.group(1)) : 0;
        int to = isPart ? Integer.parseInt(range.group(2)) + 1 : content.length;
        MockResponse.Builder response = new MockResponse.Builder().body(new Body(from, to));
        response.setHeader("Content-Length", to - from);
        if (isPart) {
            response.code(206).setHeader("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + content.length);
        }
        return response.build();
    }

    private final class Body implements MockResponseBody {
        private final int from;
        private final int to;

        Body(int from, int to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public long getContentLength() {
            return (long) to - from;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            for (int at = from; at < to; at += PIECE) {
                int length = Math.min(PIECE, to - at);
                if (sent.addAndGet(length) > limit) {
                    sent.addAndGet(-length);
                    reached.countDown();
                    await(released);
                    throw new IOException("silent until the client was gone");
                }
                sink.write(content, at, length);
                sink.flush();
            }
        }

        private static void await(CountDownLatch latch) throws IOException {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }
}
