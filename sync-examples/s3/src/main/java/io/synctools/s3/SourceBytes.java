package io.synctools.s3;

import io.synctools.file.Bandwidth;
import io.synctools.internal.retry.Retrier;
import io.synctools.internal.text.Printable;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.spi.FileSource;
import io.synctools.spi.Progress;
import io.synctools.spi.RunContext;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A file's bytes from an offset on, in order: a connection to the source that breaks is followed by another, and whatever
 * arrived counts. Not thread-safe.
 */
final class SourceBytes implements Closeable {
    private final Retrier retrier;
    private final Bandwidth bandwidth;
    private final FileSource source;
    private final ArtifactRef pinned;
    private final Entry entry;
    private final Progress progress;
    private long at;
    private @Nullable InputStream in;

    SourceBytes(RunContext context, FileSource source, ArtifactRef pinned, Entry entry, Progress progress, long from) {
        this.retrier = Retrier.of(context);
        this.bandwidth = Bandwidth.of(context);
        this.source = source;
        this.pinned = pinned;
        this.entry = entry;
        this.progress = progress;
        this.at = from;
    }

    /** Where the next byte stands in the file. */
    long position() {
        return at;
    }

    /** Fills the beginning of a buffer with the next bytes. */
    void read(byte[] into, int length) throws InterruptedException {
        int[] have = {0};
        while (have[0] < length) {
            retrier.call("fetch " + Printable.name(entry.path()) + " of " + pinned, () -> {
                have[0] += readSome(into, have[0], length - have[0]);
                return have;
            });
        }
        bandwidth.spend(length);
    }

    private int readSome(byte[] into, int offset, int length) throws IOException, InterruptedException {
        boolean good = false;
        try {
            InputStream from = in;
            if (from == null) {
                from = source.open(pinned, entry, new ByteRange(at, entry.size() - at));
                in = from;
            }
            int count = from.read(into, offset, length);
            if (count < 0) {
                throw new IOException(Printable.name(entry.path()) + " of " + pinned + " ended " + (entry.size() - at)
                        + " bytes early");
            }
            at += count;
            progress.received(count);
            good = true;
            return count;
        } finally {
            if (!good) {
                close();
            }
        }
    }

    @Override
    public void close() {
        InputStream from = in;
        in = null;
        if (from != null) {
            try {
                from.close();
            } catch (IOException e) {
                return; // what was read was counted
            }
        }
    }
}
