package io.synctools.huggingface;

import io.synctools.file.Disk;
import io.synctools.file.FolderIndex;
import io.synctools.file.Proof;
import io.synctools.file.Recipes;
import io.synctools.file.Unfinished;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.mirror.Folders;
import io.synctools.mirror.LocalRepository;
import io.synctools.mirror.Published;
import io.synctools.mirror.Revision;
import io.synctools.mirror.Trash;
import io.synctools.model.Checksum;
import io.synctools.model.SyncItem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * One repository in the cache, with all its revisions. What is removed goes in the order of the hub's own tool: snapshots,
 * refs, blobs last (docs/protocols/huggingface.md section 6.1). Thread-safe.
 */
final class CachedRepository implements LocalRepository {
    private static final int COMMIT_LENGTH = 40;

    private final CachePaths repo;
    private final String name;

    CachedRepository(CachePaths repo, String name) {
        this.repo = repo;
        this.name = name;
    }

    @Override
    public String to() {
        return HuggingFaceCache.SCHEME + ":" + name;
    }

    @Override
    public Path folder() {
        return repo.folder();
    }

    @Override
    public Path state() {
        return repo.state();
    }

    /** The hub's clients keep nothing of their own inside a snapshot. */
    @Override
    public Set<String> reserved() {
        return Set.of();
    }

    @Override
    public List<Revision> revisions() throws IOException {
        Map<String, Set<String>> names = repo.refsByCommit();
        Map<String, List<Published>> published = new TreeMap<>();
        for (Path snapshot : Folders.in(repo.snapshots())) {
            published.put(snapshot.getFileName().toString(), new ArrayList<>());
        }
        for (Path proof : proofs()) {
            Proof.head(proof).ifPresent(head -> published
                    .computeIfAbsent(commitOf(proof), commit -> new ArrayList<>())
                    .add(new Published(proof, head)));
        }
        List<Revision> found = new ArrayList<>();
        published.forEach((commit, proofs) ->
                found.add(new Revision(commit, repo.snapshot(commit), names.getOrDefault(commit, Set.of()), proofs)));
        found.sort(Comparator.comparing((Revision one) -> one.lastPublished().orElse(Instant.MIN))
                .reversed()
                .thenComparing(Revision::id));
        return found;
    }

    private List<Path> proofs() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(repo.proofs(), "*.json")) {
            for (Path file : files) {
                if (RepoId.isCommit(commitOf(file))) {
                    found.add(file);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        found.sort(null);
        return found;
    }

    private static String commitOf(Path proof) {
        String file = proof.getFileName().toString();
        return file.substring(0, Math.min(COMMIT_LENGTH, file.length()));
    }

    @Override
    public Optional<Published> published(SyncItem item) throws IOException {
        String revision = RepoId.revision(item.from());
        Optional<String> commit = RepoId.isCommit(revision) ? Optional.of(revision) : repo.commitOf(revision);
        if (commit.isEmpty()) {
            return Optional.empty();
        }
        Path file = repo.proof(commit.get(), item.filter());
        return Proof.head(file)
                .filter(proof -> proof.from().equals(item.from().text())
                        && proof.filter().equals(item.filter().text())
                        && proof.pin().equals(commit.get()))
                .map(proof -> new Published(file, proof));
    }

    @Override
    public Path folder(Published published) {
        return repo.snapshot(published.proof().pin());
    }

    /** Readers go through the ref, which names this publication or a later one. */
    @Override
    public FolderIndex index(Published published) throws IOException {
        String revision = published.proof().revision();
        Optional<String> named = RepoId.isCommit(revision) ? Optional.of(revision) : repo.commitOf(revision);
        if (named.isEmpty()) {
            return FolderIndex.BROKEN;
        }
        boolean known = false;
        for (Path proof : proofs()) {
            known |= commitOf(proof).equals(named.get());
        }
        return known ? FolderIndex.NONE : new ForeignRef(revision, named.get());
    }

    /** A ref that somebody else moved. */
    private record ForeignRef(String revision, String commit) implements FolderIndex {
        @Override
        public boolean lists(String path) {
            return true;
        }

        @Override
        public Optional<String> foreign() {
            return Optional.of("refs/" + revision + " names " + commit + ", which was not published by us");
        }
    }

    /** Partial blobs, and whole ones that no proof covers yet. */
    @Override
    public Unfinished unfinished() throws IOException {
        long files = 0;
        long bytes = 0;
        for (String blob : fetched()) {
            Path file = repo.blobs().resolve(blob);
            if (Stat.isFile(file, LinkOption.NOFOLLOW_LINKS)) {
                files++;
                bytes += Files.size(file);
            }
        }
        return new Unfinished(Unfinished.partials(repo.parts(), Map.of()), files, bytes);
    }

    /** Blobs of clients since 1.32 are links into one store of the cache. */
    @Override
    public long shared() throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> blobs = Files.newDirectoryStream(repo.blobs())) {
            for (Path blob : blobs) {
                if (Stat.isLink(blob)) {
                    bytes += Stat.of(blob).map(BasicFileAttributes::size).orElse(0L);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return 0;
        }
        return bytes;
    }

    /** The blobs that a run has fetched and no proof covers yet. */
    private Set<String> fetched() throws IOException {
        Set<String> blobs = new HashSet<>();
        try (BufferedReader lines = Files.newBufferedReader(repo.journal(), StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                try {
                    blobs.add(Checksum.parse(line).hex());
                } catch (IllegalArgumentException e) {
                    // The last line of a killed run may be cut.
                }
            }
        } catch (NoSuchFileException e) {
            return blobs;
        }
        return blobs;
    }

    @Override
    public Trash discard(Disk disk) throws IOException {
        Path taken = newTrash();
        for (String part : List.of("snapshots", "refs", "trees", ".no_exist", "blobs")) {
            move(repo.folder().resolve(part), taken.resolve(part), disk);
        }
        Path recipes = Recipes.folderIn(state());
        for (Path own : List.of(repo.proofs(), repo.parts(), repo.temporary(), repo.journal(), recipes)) {
            move(own, taken.resolve("own-" + own.getFileName()), disk);
        }
        return new Trash(taken, state());
    }

    @Override
    public Trash discard(List<Revision> revisions, Disk disk) throws IOException {
        Path taken = newTrash();
        for (Revision revision : revisions) {
            Path place = Rights.makeFolder(taken.resolve(revision.id()));
            for (Published one : revision.published()) {
                Files.copy(one.file(), place.resolve(one.file().getFileName()));
            }
            move(revision.folder(), place.resolve("snapshot"), disk);
            for (Published one : revision.published()) {
                disk.delete(one.file());
            }
            disk.delete(repo.tree(revision.id()));
            disk.deleteTree(repo.folder().resolve(".no_exist").resolve(revision.id()));
        }
        return new Trash(taken, state());
    }

    private Path newTrash() throws IOException {
        return Rights.makeFolders(trash().resolve(UUID.randomUUID().toString()));
    }

    private Path trash() {
        return state().resolve("trash");
    }

    private static void move(Path from, Path to, Disk disk) throws IOException {
        if (Stat.exists(from, LinkOption.NOFOLLOW_LINKS)) {
            disk.rename(from, to);
        }
    }

    List<Trash> leftInTrash() throws IOException {
        return Folders.in(trash()).stream()
                .map(folder -> new Trash(folder, state()))
                .toList();
    }

    /** Deletes removed revisions, after the blobs that nothing else uses. */
    void empty(Trash trash, Disk disk) throws IOException {
        Set<String> unused = new HashSet<>();
        for (Path revision : Folders.in(trash.folder())) {
            if (RepoId.isCommit(revision.getFileName().toString())) {
                addBlobs(revision.resolve("snapshot"), unused);
                try (DirectoryStream<Path> proofs = Files.newDirectoryStream(revision, "*.json")) {
                    for (Path proof : proofs) {
                        Proof.read(proof, (path, size, checksum) -> unused.add(checksum.hex()));
                    }
                }
            }
        }
        if (!unused.isEmpty()) {
            unused.removeAll(used());
            for (String blob : unused) {
                disk.delete(repo.blobs().resolve(blob));
            }
            Recipes.sweep(disk, state(), repo.blobs());
        }
        disk.deleteTree(trash.folder());
    }

    /** What a snapshot links to, a proof names, or a run has fetched and not published yet. */
    private Set<String> used() throws IOException {
        Set<String> used = fetched();
        for (Path snapshot : Folders.in(repo.snapshots())) {
            addBlobs(snapshot, used);
        }
        for (Path proof : proofs()) {
            Proof.read(proof, (path, size, checksum) -> used.add(checksum.hex()));
        }
        return used;
    }

    private static void addBlobs(Path snapshot, Set<String> blobs) throws IOException {
        if (!Stat.isFolder(snapshot, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (var paths = Files.walk(snapshot)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (Stat.isLink(path)) {
                    Path target = Files.readSymbolicLink(path);
                    if (target.getNameCount() > 1
                            && target.getName(target.getNameCount() - 2)
                                    .toString()
                                    .equals("blobs")) {
                        blobs.add(target.getFileName().toString());
                    }
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A scan takes a repository without {@code snapshots} for a broken one, so that goes only with all the rest. */
    @Override
    public void tidy(Disk disk) throws IOException {
        deleteEmpty(List.of(trash()), disk);
        if (Folders.in(repo.snapshots()).isEmpty()) {
            deleteEmpty(
                    List.of(repo.parts(), repo.temporary(), repo.proofs(), Recipes.folderIn(state()), state()), disk);
        }
        if (!Stat.exists(state(), LinkOption.NOFOLLOW_LINKS)) {
            deleteEmpty(List.of(repo.blobs(), repo.refs(), repo.snapshots(), folder()), disk);
        }
    }

    private static void deleteEmpty(List<Path> folders, Disk disk) throws IOException {
        for (Path folder : folders) {
            try {
                disk.delete(folder);
            } catch (DirectoryNotEmptyException e) {
                // Somebody uses it, or it holds what is not ours.
            }
        }
    }
}
