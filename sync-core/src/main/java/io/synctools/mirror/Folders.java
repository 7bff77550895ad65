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
    /** Stands at the root of disks that mkfs made; only root may look into it. */
    private static final String OF_THE_FILE_SYSTEM = "lost+found";

    private Folders() {}

    /**
     * The folders in a folder, by name: no links, nothing whose name begins with a dot, nothing of the file system's own.
     * None where there is no folder.
     */
    public static List<Path> in(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        if (!Stat.isFolder(folder, LinkOption.NOFOLLOW_LINKS)) {
            return found;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                if (!name.startsWith(".")
                        && !name.equals(OF_THE_FILE_SYSTEM)
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
