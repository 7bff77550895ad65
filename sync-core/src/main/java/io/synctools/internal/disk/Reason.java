package io.synctools.internal.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.regex.Pattern;

/**
 * Why an operation on a disk failed, where Java has no exception of its own for it: by the C library's words, which the
 * launcher keeps untranslated ({@code LANGUAGE=en}). Thread-safe.
 */
public enum Reason {
    /** The disk, or what we may use of it, is full. */
    FULL("No space left on device|Disk quota exceeded|File too large"),
    /** It takes no writes, from us or at all. */
    NOT_WRITABLE("Read-only file system|Permission denied"),
    /** The disk, or the network before it, does not answer as it should. */
    BROKEN("Input/output error|Stale file handle|Stale NFS file handle"),
    /** The file system does not know the operation, or leaves it to the owner. */
    NOT_DONE_HERE("Operation not permitted|Operation not supported|Function not implemented"),
    /** Nothing can be at such a path: it leads below a file or in a circle, or its name is too long. */
    NOTHING_CAN_BE_THERE("Not a directory|Too many levels of symbolic links|File name too long");

    private final Pattern words;

    Reason(String words) {
        this.words = Pattern.compile(words);
    }

    /** Whether this is why it failed. */
    public boolean isOf(Throwable failure) {
        String text = failure instanceof FileSystemException e ? e.getReason() : failure.getMessage();
        return failure instanceof IOException
                && text != null
                && words.matcher(text).find();
    }
}
