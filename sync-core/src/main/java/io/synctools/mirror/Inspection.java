package io.synctools.mirror;

import io.synctools.file.FolderIndex;
import io.synctools.file.NameGuard;
import io.synctools.file.Proof;
import io.synctools.internal.disk.NfsLitter;
import io.synctools.internal.disk.Stat;
import io.synctools.mirror.Finding.Kind;
import io.synctools.model.Checksum;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One subject while it is verified: what must be read, and what was found. Thread-safe once it is planned. */
final class Inspection {
    private final Subject subject;
    private final Consumer<Inspection> whenDone;
    private final List<Finding> findings = Collections.synchronizedList(new ArrayList<>());
    private final Map<Shared, Job> shared = new HashMap<>();
    private long files;
    private long bytes;
    private int open = 1;
    private @Nullable Throwable failure;

    /** @param whenDone hears of it once, from any thread, when {@link #result} may be called */
    Inspection(Subject subject, Consumer<Inspection> whenDone) {
        this.subject = subject;
        this.whenDone = whenDone;
    }

    /** A file to be read. There may be 270,000 of them, so that it keeps no text but the path. */
    static final class Job {
        private final Path folder;
        private final String prefix;
        private final String path;
        private final long size;
        private final Checksum checksum;
        private List<String> otherPaths = List.of();

        private Job(Path folder, String prefix, String path, long size, Checksum checksum) {
            this.folder = folder;
            this.prefix = prefix;
            this.path = path;
            this.size = size;
            this.checksum = checksum;
        }

        Path file() {
            return folder.resolve(path);
        }

        long size() {
            return size;
        }

        Checksum checksum() {
            return checksum;
        }

        /** As readers find it below the repository's folder. */
        private String shownPath() {
            return prefix + path;
        }

        private void addPath(String other) {
            if (otherPaths.isEmpty()) {
                otherPaths = new ArrayList<>(1);
            }
            otherPaths.add(other);
        }
    }

    /** A file on disk that several paths lead to. */
    private record Shared(Object file, Checksum checksum) {}

    /** The first thing that is missing, or has another length, of what is published; reads no content. */
    static Optional<Finding> lookOnly(Subject subject) throws IOException {
        Inspection inspection = new Inspection(subject, any -> {});
        inspection.subject.absent().ifPresent(why -> inspection.add(Kind.MISSING, "", why));
        for (Revision revision : subject.revisions()) {
            inspection.look(revision, new ArrayList<>());
        }
        return inspection.findings.stream().findFirst();
    }

    /** Looks at every name, finds what is missing, cut or foreign, and returns what is to be read, biggest first. */
    List<Job> plan() throws IOException {
        subject.absent().ifPresent(why -> add(Kind.MISSING, "", why));
        List<Job> jobs = new ArrayList<>();
        for (Revision revision : subject.revisions()) {
            Set<String> proven = look(revision, jobs);
            Strangers strangers = new Strangers(
                    revision.folder(), proven, subject.repository().reserved());
            if (revision.published().isEmpty()) {
                strangers.count(prefix(revision));
            } else {
                strangers.list(prefix(revision));
            }
        }
        shared.clear();
        jobs.sort(Comparator.comparingLong(Job::size).reversed());
        open += jobs.size();
        return jobs;
    }

    /** Looks at every published name, and returns them. */
    private Set<String> look(Revision revision, List<Job> jobs) throws IOException {
        Set<String> proven = new HashSet<>();
        for (Published published : revision.published()) {
            look(published, revision, proven, jobs);
        }
        return proven;
    }

    /** What readers write between the repository's folder and a file's path. */
    private String prefix(Revision revision) {
        Path between = subject.repository().folder().relativize(revision.folder());
        return between.toString().isEmpty() ? "" : between + "/";
    }

    private void look(Published published, Revision revision, Set<String> proven, List<Job> jobs) throws IOException {
        Path folder = revision.folder();
        String prefix = prefix(revision);
        List<Job> found = new ArrayList<>();
        Optional<Proof> read = Proof.read(published.file(), (path, size, checksum) -> {
            if (!folder.resolve(path).normalize().equals(folder.resolve(path))) {
                throw new IllegalArgumentException("no proof of ours names " + path);
            }
            found.add(new Job(folder, prefix, path, size, checksum));
        });
        if (read.isEmpty()) {
            add(
                    Kind.DAMAGED,
                    subject.repository().folder().relativize(published.file()).toString(),
                    "it is no proof");
            return;
        }
        lookUp(published, found, prefix);
        for (Job listed : found) {
            if (proven.add(listed.path)) {
                look(listed, jobs);
            }
        }
    }

    /** Whether readers find the files through the clients' own indexes, refs and links. */
    private void lookUp(Published published, List<Job> found, String prefix) throws IOException {
        FolderIndex index = subject.repository().index(published);
        List<String> unlisted = new ArrayList<>();
        for (Job file : found) {
            if (!index.lists(file.path)) {
                unlisted.add(file.path);
            }
        }
        if (!found.isEmpty() && unlisted.size() == found.size()) {
            add(Kind.MISSING, "", "the clients' index or link to it is not there, so that readers do not find it");
        } else {
            unlisted.forEach(path -> add(Kind.MISSING, prefix + path, "the clients' index does not list it"));
        }
        index.foreign().ifPresent(what -> add(Kind.DAMAGED, "", what));
    }

    private void look(Job listed, List<Job> jobs) {
        Path file = listed.file();
        String path = listed.shownPath();
        files++;
        try {
            Optional<BasicFileAttributes> name = Stat.of(file, LinkOption.NOFOLLOW_LINKS);
            boolean link = name.filter(BasicFileAttributes::isSymbolicLink).isPresent();
            Optional<BasicFileAttributes> content = link ? Stat.of(file) : name;
            if (content.isEmpty()) {
                add(Kind.MISSING, path, link ? "its link leads nowhere" : "it is not there");
            } else if (!content.get().isRegularFile()) {
                add(Kind.MISSING, path, "it is no file");
            } else if (content.get().size() != listed.size()) {
                add(Kind.DAMAGED, path, "it has " + content.get().size() + " bytes instead of " + listed.size());
            } else {
                boolean alone = !link && subject.publications() == 1;
                toBeRead(listed, alone ? null : content.get().fileKey(), jobs);
            }
        } catch (FileSystemException e) {
            add(Kind.MISSING, path, Objects.requireNonNullElse(e.getReason(), "it cannot be looked at"));
        } catch (IOException e) {
            add(Kind.DAMAGED, path, "cannot be read: " + e);
        }
    }

    private void toBeRead(Job job, @Nullable Object key, List<Job> jobs) {
        Job before = key == null ? null : shared.putIfAbsent(new Shared(key, job.checksum()), job);
        if (before != null) {
            before.addPath(job.shownPath());
        } else {
            jobs.add(job);
            bytes += job.size();
        }
    }

    /** Says that all jobs are known; the last of this and of them tells {@code whenDone}. */
    void planned() {
        close();
    }

    /** Takes what reading a file showed. */
    void settled(Job job, Optional<String> wrong) {
        wrong.ifPresent(detail -> {
            add(Kind.DAMAGED, job.shownPath(), detail);
            job.otherPaths.forEach(path -> add(Kind.DAMAGED, path, detail));
        });
        close();
    }

    /** Takes why a job could not be done at all. */
    void failed(Throwable e) {
        synchronized (this) {
            failure = e;
        }
        close();
    }

    private void close() {
        boolean last;
        synchronized (this) {
            last = --open == 0;
        }
        if (last) {
            whenDone.accept(this);
        }
    }

    /** What was found, when all is done. */
    synchronized Verified result() {
        if (failure != null) {
            throw new IllegalStateException("verifying " + subject.name() + " failed: " + failure, failure);
        }
        List<Finding> sorted = new ArrayList<>(findings);
        sorted.sort(Comparator.comparing(Finding::kind).thenComparing(Finding::path));
        return new Verified(subject.name(), subject.repository().folder().toString(), files, bytes, sorted);
    }

    private void add(Kind kind, String path, String detail) {
        findings.add(new Finding(kind, path, detail));
    }

    /** Finds files that no proof names. */
    private final class Strangers extends SimpleFileVisitor<Path> {
        private final Path folder;
        private final Set<String> proven;
        private final Set<String> reserved;
        private final List<Path> found = new ArrayList<>();

        Strangers(Path folder, Set<String> proven, Set<String> reserved) {
            this.folder = folder;
            this.proven = proven;
            this.reserved = reserved;
        }

        /** One finding for each. */
        void list(String prefix) throws IOException {
            walk();
            found.forEach(path -> add(Kind.FOREIGN, prefix + path, "nobody published it here"));
        }

        /** One finding for all. */
        void count(String prefix) throws IOException {
            walk();
            add(Kind.FOREIGN, prefix, found.size() + " files that no proof of ours covers");
        }

        private void walk() throws IOException {
            if (Stat.isFolder(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.walkFileTree(folder, this);
            }
        }

        @Override
        public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
            return !visited.equals(folder) && isReserved(visited)
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            Path path = folder.relativize(file);
            if (!NfsLitter.is(file) && !proven.contains(path.toString()) && !isReserved(file)) {
                found.add(path);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        private boolean isReserved(Path path) {
            return NameGuard.isReserved(folder.relativize(path).toString(), reserved);
        }
    }
}
