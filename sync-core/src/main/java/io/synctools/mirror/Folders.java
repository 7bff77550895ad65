package io.synctools.mirror;

import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lists real folders, for layouts that look for what they keep. Thread-safe. */
public final class Folders {
    private Folders() {}

    /** The folders in a folder, by name: no links, nothing whose name begins with a dot. None where there is no folder. */
    public static List<Path> in(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (!Stat.isFolder(folder, LinkOption.NOFOLLOW_LINKS)) {
            return found;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                if (!child.getFileName().toString().startsWith(".")
                        && Stat.isFolder(child, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(child);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        found.sort(null);
        return found;
    }
}
