package io.synctools.skopeo;

import io.synctools.file.Bandwidth;
import io.synctools.internal.retry.Retrier;
import io.synctools.internal.retry.StalledException;
import io.synctools.model.ByteRange;
import io.synctools.spi.Progress;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one file in their order, over one connection to where it is after another, below the run's rate. Used by one
 * thread.
 */
final class FileBytes implements Closeable {
    /** Opens a stretch of the file. */
    @FunctionalInterface
    interface Opening {
        InputStream open(ByteRange range) throws IOException, InterruptedException;
    }

    private final Opening opening;
    private final String what;
    private final long size;
    private final Progress progress;
    private final Retrier retrier;
    private final Bandwidth bandwidth;
    private @Nullable InputStream in;
    private long at;

    /** @param what is done when it is opened, for messages */
    FileBytes(Opening opening, String what, long size, Progress progress, Retrier retrier, Bandwidth bandwidth) {
        this.opening = opening;
        this.what = what;
        this.size = size;
        this.progress = progress;
        this.retrier = retrier;
        this.bandwidth = bandwidth;
    }

    /**
     * Reads on; each connection that brings bytes begins the count of tries anew.
     *
     * @return bytes read, 1 or more; -1 at the end
     */
    int read(byte[] buffer) throws InterruptedException {
        int length = 0;
        while (at < size && length == 0) {
            length = retrier.call(what, () -> readOnce(buffer));
        }
        if (length == 0) {
            return -1;
        }
        progress.received(length);
        bandwidth.spend(length);
        at += length;
        return length;
    }

    private int readOnce(byte[] buffer) throws IOException, InterruptedException {
        InputStream open = in;
        boolean fresh = open == null;
        if (open == null) {
            open = opening.open(new ByteRange(at, size - at));
            in = open;
        }
        try {
            int length = open.read(buffer, 0, (int) Math.min(buffer.length, size - at));
            if (length < 0) {
                throw new EOFException(what + ": the connection ended " + (size - at) + " bytes too early");
            }
            return length;
        } catch (IOException e) {
            close();
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
            }
            if (fresh || e instanceof StalledException) {
                throw e;
            }
            return 0; // It broke after it had brought something.
        }
    }

    /** Gives up the connection. */
    @Override
    public void close() {
        InputStream open = in;
        in = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // Nothing is expected of it any more.
            }
        }
    }
}
