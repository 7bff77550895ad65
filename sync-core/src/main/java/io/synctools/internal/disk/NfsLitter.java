package io.synctools.internal.disk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * What NFS makes of a file that is deleted while somebody has it open: a file of another name, which goes when that one
 * closes it. Until then neither it nor its folder can be deleted. Thread-safe.
 */
public final class NfsLitter {
    private static final Pattern NAME = Pattern.compile("\\.nfs[0-9a-f]{16,}");

    private NfsLitter() {}

    /** Whether a path is named so. */
    public static boolean is(Path file) {
        return NAME.matcher(file.getFileName().toString()).matches();
    }

    /** Whether a folder holds such files and, in folders below, nothing else. */
    public static boolean isAllIn(Path folder) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                boolean isFolder = Stat.isFolder(child, LinkOption.NOFOLLOW_LINKS);
                if (isFolder ? !isAllIn(child) : !is(child)) {
                    return false;
                }
            }
        } catch (NoSuchFileException e) {
            return true;
        }
        return true;
    }
}
