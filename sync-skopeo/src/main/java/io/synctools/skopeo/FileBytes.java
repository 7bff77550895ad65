package io.synctools.skopeo;

import io.synctools.file.Bandwidth;
import io.synctools.internal.retry.Retrier;
import io.synctools.internal.retry.StalledException;
import io.synctools.internal.text.Printable;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.spi.FileSource;
import io.synctools.spi.Progress;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one file in their order, over one connection to its source after another, below the run's rate. Used by one
 * thread.
 */
final class FileBytes implements Closeable {
    private final FileSource source;
    private final ArtifactRef pinned;
    private final Entry entry;
    private final Progress progress;
    private final Retrier retrier;
    private final Bandwidth bandwidth;
    private final String what;
    private @Nullable InputStream in;
    private long at;

    FileBytes(
            FileSource source,
            ArtifactRef pinned,
            Entry entry,
            Progress progress,
            Retrier retrier,
            Bandwidth bandwidth) {
        this.source = source;
        this.pinned = pinned;
        this.entry = entry;
        this.progress = progress;
        this.retrier = retrier;
        this.bandwidth = bandwidth;
        this.what = "fetch " + Printable.name(entry.path()) + " of " + pinned;
    }

    /**
     * Reads on; each connection that brings bytes begins the count of tries anew.
     *
     * @return bytes read, 1 or more; -1 at the end
     */
    int read(byte[] buffer) throws InterruptedException {
        int length = 0;
        while (at < entry.size() && length == 0) {
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
            open = source.open(pinned, entry, new ByteRange(at, entry.size() - at));
            in = open;
        }
        try {
            int length = open.read(buffer, 0, (int) Math.min(buffer.length, entry.size() - at));
            if (length < 0) {
                throw new EOFException(what + ": the connection ended " + (entry.size() - at) + " bytes too early");
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
