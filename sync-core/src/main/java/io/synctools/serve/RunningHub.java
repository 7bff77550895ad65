package io.synctools.serve;

import io.synctools.internal.serve.HttpFront;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/** A hub that is being served, until it is closed. Thread-safe. */
public final class RunningHub implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpFront front;

    RunningHub(HttpFront front) {
        this.front = front;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return front.address();
    }

    /** What readers' {@code HF_ENDPOINT} and {@code MODELSCOPE_ENDPOINT} are, without a slash at its end. */
    public URI uri() {
        InetAddress address = front.address().getAddress();
        String host = address.isAnyLocalAddress() || address.isLoopbackAddress()
                ? InetAddress.getLoopbackAddress().getHostAddress()
                : address.getHostAddress();
        return URI.create(
                (front.isEncrypted() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":"
                        + front.address().getPort());
    }

    /** Requests so far. */
    public long requests() {
        return front.counts().requests();
    }

    /** Bytes of files sent so far. */
    public long bytes() {
        return front.counts().bytes();
    }

    /** Accepts nobody any more, gives those who are being answered so much time to have it all, and ends. */
    public void close(Duration grace) {
        front.close(grace);
    }

    /** The same with ten seconds. */
    @Override
    public void close() {
        close(PATIENCE);
    }
}
