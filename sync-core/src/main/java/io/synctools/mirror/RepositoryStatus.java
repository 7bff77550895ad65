package io.synctools.mirror;

import io.synctools.file.FolderReplica;
import io.synctools.file.Holder;
import io.synctools.file.Unfinished;
import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One repository as it stands on disk, for people.
 *
 * @param to {@code scheme:name}
 * @param folder where readers find it
 * @param revisions what is there, newest publication first
 * @param held who works on it; empty where nobody does
 * @param unfinished what was fetched and is not published yet
 * @param files on disk, each counted once, ours and the clients' own included
 * @param bytes their lengths
 * @param shared bytes beside them, in a store that the hub's client keeps for several repositories
 */
public record RepositoryStatus(
        String to,
        Path folder,
        List<Revision> revisions,
        Optional<Held> held,
        Unfinished unfinished,
        long files,
        long bytes,
        long shared) {

    public RepositoryStatus {
        revisions = List.copyOf(revisions);
    }

    /** What is known of a holder without waiting. */
    public enum Life {
        /** Its process runs on this machine, or its beat moved while we looked. */
        ALIVE,
        /** Its process ran on this machine and is gone. */
        DEAD,
        /** It is on another machine, and its beat did not move in the moment that we looked. */
        UNKNOWN
    }

    /**
     * Somebody who holds the lease.
     *
     * @param holder as the lease tells
     * @param life what is known of it
     * @param lastSign when the lease was written last, by the clock of the disk
     */
    public record Held(Holder holder, Life life, Instant lastSign) {}

    /** Looks at a repository; changes nothing and waits for nobody. */
    public static RepositoryStatus of(LocalRepository repository) throws IOException {
        Path lease = FolderReplica.leaseIn(repository.state());
        Optional<Holder> first = Holder.read(lease);
        Usage usage = new Usage();
        usage.add(repository.folder());
        if (!repository.state().startsWith(repository.folder())) {
            usage.add(repository.state());
        }
        List<Revision> revisions = repository.revisions();
        Unfinished unfinished = repository.unfinished();
        return new RepositoryStatus(
                repository.to(),
                repository.folder(),
                revisions,
                first.isEmpty() ? Optional.empty() : held(lease, first.get()),
                unfinished,
                usage.files,
                usage.bytes,
                repository.shared());
    }

    /** Looks once more, since measuring the folder took its time. */
    private static Optional<Held> held(Path lease, Holder before) throws IOException {
        Optional<Holder> now = Holder.read(lease);
        if (now.isEmpty()) {
            return Optional.empty();
        }
        Holder holder = now.get();
        Life life = holder.isGone() ? Life.DEAD : holder.isHere() || !holder.equals(before) ? Life.ALIVE : Life.UNKNOWN;
        try {
            return Optional.of(
                    new Held(holder, life, Files.getLastModifiedTime(lease).toInstant()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Whether nothing of interest is there. */
    public boolean isEmpty() {
        return revisions.isEmpty() && held.isEmpty() && unfinished.isEmpty();
    }

    /** Adds up files, each once however many names it has; follows no links. */
    private static final class Usage extends SimpleFileVisitor<Path> {
        private final Set<Object> seen = new HashSet<>();
        private long files;
        private long bytes;

        void add(Path folder) throws IOException {
            if (Stat.isFolder(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(folder, this);
            }
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Object key = attributes.fileKey();
            if (attributes.isRegularFile() && (key == null || seen.add(key))) {
                files++;
                bytes += attributes.size();
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // Somebody works there.
            }
            throw e;
        }
    }
}
