package io.synctools.huggingface;

import io.synctools.file.Disk;
import io.synctools.internal.disk.Stat;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Makes the names of a snapshot stand for blobs: by relative symbolic links, else hard links, else copies
 * (docs/protocols/huggingface.md section 6 items 2 and 5). Thread-safe.
 */
final class SnapshotLinks {
    private enum Kind {
        SYMBOLIC,
        HARD,
        COPY
    }

    private final Disk disk;
    private final CachePaths repo;
    private final Kind kind;
    private final boolean trusting;

    private SnapshotLinks(Disk disk, CachePaths repo, Kind kind, boolean trusting) {
        this.disk = disk;
        this.repo = repo;
        this.kind = kind;
        this.trusting = trusting;
    }

    /**
     * The best links that a repository's file system makes.
     *
     * @param symlinks whether symbolic ones are wanted
     * @param trusting whether a copy that we made before, by its size and time, need not be made again
     */
    static SnapshotLinks of(Disk disk, CachePaths repo, boolean symlinks, boolean trusting) throws IOException {
        Path file = Files.createFile(temporary(repo));
        Path link = temporary(repo);
        try {
            Kind kind = symlinks && works(() -> disk.symlink(link, file.getFileName()))
                    ? Kind.SYMBOLIC
                    : works(() -> disk.hardLink(link, file)) ? Kind.HARD : Kind.COPY;
            return new SnapshotLinks(disk, repo, kind, trusting);
        } finally {
            Files.deleteIfExists(link);
            Files.deleteIfExists(file);
        }
    }

    /** Makes a name that is not there yet; its folder is. */
    void make(Path name, Entry entry) throws IOException {
        switch (kind) {
            case SYMBOLIC -> disk.symlink(name, target(entry));
            case HARD ->
                disk.hardLink(name, repo.blob(entry).toRealPath()); // which may be a link into the shared store
            case COPY -> copy(repo.blob(entry), name);
        }
    }

    /** Makes a name right, whatever is there, in one step. */
    void replace(Path name, Entry entry) throws IOException {
        Path link = temporary(repo);
        try {
            make(link, entry);
            disk.rename(link, name);
        } finally {
            Files.deleteIfExists(link);
        }
    }

    /** Whether a name stands for its blob already. */
    boolean isRight(Path name, Entry entry) throws IOException {
        if (Stat.isLink(name)) {
            return kind == Kind.SYMBOLIC && Files.readSymbolicLink(name).equals(target(entry));
        }
        Path blob = repo.blob(entry);
        return switch (kind) {
            case SYMBOLIC -> false;
            case HARD -> Files.isSameFile(name, blob);
            case COPY -> trusting && isCopy(name, blob);
        };
    }

    /** Makes the blob of a file that was found right in a snapshot. */
    void keep(Path file, Entry entry) throws IOException {
        Path blob = repo.blob(entry);
        if (!works(() -> disk.hardLink(blob, file))) {
            copy(file, blob);
        }
    }

    private static boolean isCopy(Path name, Path blob) throws IOException {
        return Stat.isFile(name, LinkOption.NOFOLLOW_LINKS)
                && Files.size(name) == Files.size(blob)
                && Files.getLastModifiedTime(name).equals(Files.getLastModifiedTime(blob));
    }

    private void copy(Path from, Path to) throws IOException {
        disk.replace(to, repo.temporary(), out -> Files.copy(from, out));
        Files.setLastModifiedTime(to, Files.getLastModifiedTime(from));
    }

    /** From {@code snapshots/<commit>/<path>} up to the repository's folder, and down to the blob. */
    static Path target(String path, Checksum checksum) {
        StringBuilder target = new StringBuilder("../../");
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            target.append("../");
        }
        return Path.of(target.append("blobs/").append(checksum.hex()).toString());
    }

    private static Path target(Entry entry) {
        return target(entry.path(), entry.checksum().orElseThrow());
    }

    private static Path temporary(CachePaths repo) {
        return repo.temporary().resolve(UUID.randomUUID().toString());
    }

    @FunctionalInterface
    private interface Linking {
        void run() throws IOException;
    }

    private static boolean works(Linking linking) {
        try {
            linking.run();
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
