package io.synctools.huggingface;

import io.synctools.file.Disk;
import io.synctools.model.Entry;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Makes the names of a snapshot stand for blobs: by relative symbolic links, else hard links, else copies
 * (protocols/huggingface.md section 6 items 2 and 5). Not thread-safe.
 */
final class SnapshotLinks {
    private enum Kind {
        SYMBOLIC,
        HARD,
        COPY
    }

    private final Disk disk;
    private final CacheRepo repo;
    private Kind kind;

    SnapshotLinks(Disk disk, CacheRepo repo, boolean symlinks) {
        this.disk = disk;
        this.repo = repo;
        this.kind = symlinks ? Kind.SYMBOLIC : Kind.HARD;
    }

    /** Makes a name that is not there yet; its folder is. */
    void make(Path name, Entry entry) throws IOException {
        while (true) {
            try {
                makeAs(kind, name, entry);
                return;
            } catch (FileAlreadyExistsException | NoSuchFileException e) {
                throw e;
            } catch (IOException | UnsupportedOperationException e) {
                if (kind == Kind.COPY) {
                    throw e;
                }
                kind = kind == Kind.SYMBOLIC ? Kind.HARD : Kind.COPY;
            }
        }
    }

    /** Makes a name right, whatever is there, in one step. */
    void replace(Path name, Entry entry) throws IOException {
        Path temporary = repo.temporary().resolve(UUID.randomUUID().toString());
        try {
            make(temporary, entry);
            disk.rename(temporary, name);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Whether a name stands for its blob already. */
    boolean isRight(Path name, Entry entry) throws IOException {
        if (Files.isSymbolicLink(name)) {
            return kind == Kind.SYMBOLIC && Files.readSymbolicLink(name).equals(target(entry));
        }
        return kind != Kind.SYMBOLIC
                && Files.isRegularFile(name, LinkOption.NOFOLLOW_LINKS)
                && Files.isSameFile(name, repo.blob(entry));
    }

    private void makeAs(Kind as, Path name, Entry entry) throws IOException {
        switch (as) {
            case SYMBOLIC -> disk.symlink(name, target(entry));
            case HARD -> disk.hardLink(name, repo.blob(entry));
            case COPY -> copy(name, entry);
        }
    }

    private void copy(Path name, Entry entry) throws IOException {
        disk.replace(name, repo.temporary(), out -> Files.copy(repo.blob(entry), out));
    }

    /** From {@code snapshots/<commit>/<path>} up to the repository's folder, and down to the blob. */
    private static Path target(Entry entry) {
        int depth = (int) entry.path().chars().filter(c -> c == '/').count();
        return Path.of("../".repeat(2 + depth) + "blobs/"
                + entry.checksum().orElseThrow().hex());
    }
}
