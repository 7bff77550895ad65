package io.synctools.spi;

import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A source whose entries are files, with bytes that pass through this process. */
public interface FileSource extends Source {

    /**
     * Opens exactly the bytes of the range, whatever the server makes of ranges: a stream that ends early throws, one
     * that would give more or other bytes is never returned. Ends when the calling thread is interrupted. An empty range
     * makes no request.
     *
     * @return a stream to be closed by the caller; closing it early gives up the connection
     */
    InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) throws IOException, InterruptedException;

    /**
     * Where a large file is best cut into parts, each of which comes over one connection: where bytes that the server
     * keeps together end. Asked once before a file comes in parts; may ask the network.
     *
     * @param size of a part that is as good as any, in bytes
     * @return the whole file in order and without a hole; empty where it may be cut anywhere
     */
    default List<ByteRange> parts(ArtifactRef pinned, Entry entry, long size) throws IOException, InterruptedException {
        return List.of();
    }
}
