package io.synctools.file;

import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which folders were not there before, so that an item of which nothing came leaves none of them behind. */
public final class FoldersMade {
    private final List<Path> absent = new ArrayList<>();

    /** Looks at some folders and all above them, before they are made. */
    public FoldersMade(Path... folders) throws IOException {
        for (Path folder : folders) {
            for (Path at = folder; at != null && !Stat.exists(at, LinkOption.NOFOLLOW_LINKS); at = at.getParent()) {
                if (!absent.contains(at)) {
                    absent.add(at);
                }
            }
        }
        absent.sort((one, other) -> other.getNameCount() - one.getNameCount());
    }

    /** Removes those that are empty; others stay, with those above them. */
    public void removeEmpty() throws IOException {
        for (Path folder : absent) {
            try {
                removeIfEmpty(folder);
            } catch (FileSystemException e) {
                return; // it is no matter of ours any more
            }
        }
    }

    /** Removes a folder unless something is in it. */
    public static void removeIfEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // Somebody uses it; those above it are not empty either.
        }
    }
}
