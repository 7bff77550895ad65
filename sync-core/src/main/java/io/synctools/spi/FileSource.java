package io.synctools.spi;

import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

    /**
     * What a file is made of, in a form of the source's own, to be kept beside the file and given back to {@link
     * #shared}. May ask the network.
     *
     * @return empty where the source does not know
     */
    default Optional<byte[]> recipe(ArtifactRef pinned, Entry entry) throws IOException, InterruptedException {
        return Optional.empty();
    }

    /**
     * Stretches of a file that one on this disk holds already, as far as their recipes tell. A guess: who copies them
     * checks the whole.
     *
     * @param recipe what the source once told of the other file
     * @param file where that is; it is only read
     */
    default List<SharedRange> shared(ArtifactRef pinned, Entry entry, byte[] recipe, Path file)
            throws IOException, InterruptedException {
        return List.of();
    }
}
