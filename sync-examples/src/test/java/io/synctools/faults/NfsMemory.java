package io.synctools.faults;

import io.synctools.testing.FaultyFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the NFS client of one host remembers: a name that was absent once stays so to it, whatever other hosts do, until its
 * folder is opened or the host makes something of that name itself. To be used through one path by one host at a time.
 */
final class NfsMemory implements FaultyFileSystem.Fault {
    private final Set<Path> absent = ConcurrentHashMap.newKeySet();
    private boolean renamed;

    @Override
    public synchronized void before(String operation, Path path) throws IOException {
        if (renamed) { // what came to be by our own hand we know of
            absent.removeIf(NfsMemory::exists);
            renamed = false;
        }
        switch (operation) {
            case "stat", "access", "readlink" -> {
                refuseIfRemembered(path);
                if (!exists(path)) {
                    absent.add(path);
                }
            }
            case "opendir" -> {
                refuseIfRemembered(path);
                absent.removeIf(name -> path.equals(name.getParent()));
            }
            case "mkdir", "link", "symlink", "open" -> absent.remove(path);
            case "rename", "copy" -> renamed = true;
            default -> {}
        }
    }

    private void refuseIfRemembered(Path path) throws NoSuchFileException {
        for (Path at = path; at != null; at = at.getParent()) {
            if (absent.contains(at)) {
                throw new NoSuchFileException(path.toString());
            }
        }
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }
}
