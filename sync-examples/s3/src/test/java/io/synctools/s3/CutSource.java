package io.synctools.s3;

import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.FileSource;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A source of which no more comes after so many bytes, as if the process had died there. */
final class CutSource implements FileSource {
    private final FileSource source;
    private long left;

    CutSource(FileSource source, long bytes) {
        this.source = source;
        this.left = bytes;
    }

    boolean isWhole() {
        return left > 0;
    }

    @Override
    public ArtifactRef pin(ArtifactRef ref) throws IOException, InterruptedException {
        return source.pin(ref);
    }

    @Override
    public Listing list(ArtifactRef pinned, NameFilter filter) throws IOException, InterruptedException {
        return source.list(pinned, filter);
    }

    @Override
    public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) throws IOException, InterruptedException {
        return new FilterInputStream(source.open(pinned, entry, range)) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (left <= 0) {
                    throw new SyncException(FailureKind.OTHER, "the run ends here");
                }
                int count = super.read(into, offset, (int) Math.min(left, length));
                left -= count;
                return count;
            }
        };
    }
}
