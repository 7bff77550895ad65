package io.synctools.serve;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The bytes of a file, in memory or on disk. Immutable and thread-safe. */
public final class Content {

    /** Opens a file for reading; whoever asked closes it. */
    @FunctionalInterface
    public interface Opening {
        /** The file, which has the promised size and content. */
        FileChannel open() throws IOException;
    }

    private final long size;
    private final byte @Nullable [] bytes;
    private final @Nullable Opening opening;

    private Content(long size, byte @Nullable [] bytes, @Nullable Opening opening) {
        this.size = size;
        this.bytes = bytes;
        this.opening = opening;
    }

    /** Bytes that are held in memory and must not change. */
    public static Content of(byte[] bytes) {
        return new Content(bytes.length, bytes, null);
    }

    /** A file of that many bytes. */
    public static Content of(long size, Opening opening) {
        return new Content(size, null, opening);
    }

    /** How many bytes there are. */
    public long size() {
        return size;
    }

    /** The bytes, where they are in memory. */
    public Optional<byte[]> inMemory() {
        return Optional.ofNullable(bytes);
    }

    /** Opens the file. Not for what is in memory. */
    public FileChannel open() throws IOException {
        if (opening == null) {
            throw new IllegalStateException("in memory");
        }
        return opening.open();
    }
}
