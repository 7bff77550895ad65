package io.synctools.modelscope;

import io.synctools.file.Disk;
import io.synctools.file.FolderIndex;
import io.synctools.file.FolderLayout;
import io.synctools.file.Proof;
import io.synctools.internal.disk.Reason;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.internal.http.ItemMeter;
import io.synctools.mirror.Folders;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * One repository in the cache of the hub's own client, so that both generations of that client find it ({@code
 * docs/protocols/modelscope.md} section 6.1).
 */
final class CacheLayout implements FolderLayout {
    /** Our folder below each kind's. */
    static final String STATE = ".sync-tools";

    static final String INDEX = ".msc";
    private static final String NAME = ".mdl";
    private static final String VERSION = ".mv";
    private static final String LOCKS = ".lock";
    /** The client's own places, and names that it gives to partial downloads (section 8). */
    private static final Set<String> RESERVED = Set.of(INDEX, NAME, VERSION, "._____temp", ".lock", "*.incomplete");

    private final Disk disk;
    private final Path root;
    private final RepositoryId repository;

    /** @param root of the cache, absolute */
    CacheLayout(Disk disk, Path root, RepositoryId repository) {
        this.disk = disk;
        this.root = root;
        this.repository = repository;
    }

    /** Relative to the cache's root, with slashes. */
    static String path(RepositoryId repository) {
        return repository.kind().plural() + "/" + repository.owner() + "/" + repository.folderName();
    }

    @Override
    public Path folder() {
        return root.resolve(path(repository));
    }

    /** Two folders below the kind's, as a repository would be: the client's cache scan takes it for an empty one. */
    @Override
    public Path state() {
        return root.resolve(repository.kind().plural())
                .resolve(STATE)
                .resolve(repository.owner())
                .resolve(repository.folderName());
    }

    /**
     * Where every generation of the client, and people, may have put the repository (sections 0 and 6): with and without the
     * level of the kind, below a folder {@code hub} or beside it, the name with dots or without, and the newer clients'
     * folders of revisions.
     */
    @Override
    public List<Path> elsewhere() throws IOException {
        Set<Path> found = new LinkedHashSet<>();
        for (Path base : bases()) {
            for (Path revision : Folders.in(newerFolder(base))) {
                found.add(revision);
            }
            for (Path owner : List.of(
                    base.resolve(repository.kind().plural()).resolve(repository.owner()),
                    base.resolve(repository.owner()))) {
                found.add(owner.resolve(repository.name()));
                found.add(owner.resolve(repository.folderName()));
            }
        }
        found.remove(folder());
        List<Path> others = new ArrayList<>();
        for (Path other : found) {
            if (Stat.isFolder(other) && !isTheFolder(other)) {
                others.add(other);
            }
        }
        return others;
    }

    /** The name with its dots is a link to it. */
    private boolean isTheFolder(Path other) throws IOException {
        return Stat.isFolder(folder()) && Files.isSameFile(other, folder());
    }

    private Set<Path> bases() {
        Set<Path> bases = new LinkedHashSet<>(List.of(root, root.resolve("hub")));
        if (root.endsWith("hub")) {
            bases.add(root.resolveSibling(""));
        }
        return bases;
    }

    private Path newerFolder(Path base) {
        return base.resolve(repository.kind().plural())
                .resolve(repository.owner() + "--" + repository.name())
                .resolve("snapshots");
    }

    @Override
    public boolean isOfACache() {
        return true;
    }

    /**
     * Whether a file lies in a folder that the client keeps, below this root or another one, which its folder of locks
     * shows: it marks local directories, where people edit, just as its cache.
     */
    static boolean isOfACache(Path file, Path root) throws IOException {
        for (Path folder = file.getParent();
                folder != null && folder.getParent() != null;
                folder = folder.getParent()) {
            boolean isKept = OtherGeneration.isMarked(folder)
                    || folder.resolveSibling("").endsWith("snapshots");
            if (isKept) {
                return folder.startsWith(root) || hasLocks(folder);
            }
        }
        return false;
    }

    /** The root is two folders above, or three, or four. */
    private static boolean hasLocks(Path folder) throws IOException {
        Path at = folder.getParent();
        for (int i = 0; at != null && i < 4; i++) {
            if (Stat.isFolder(at.resolve(LOCKS))) {
                return true;
            }
            at = at.getParent();
        }
        return false;
    }

    /** Newer clients that find our folder do not look at their own any more, which may hold other revisions. */
    private void warnOfHidden(String revision) throws IOException {
        for (Path base : bases()) {
            for (Path other : Folders.in(newerFolder(base))) {
                if (!other.getFileName().toString().equals(revision)) {
                    ItemMeter.current()
                            .note(
                                    other + " is hidden from the hub's client by " + folder()
                                            + ", which it takes for every revision; readers of the other have to name its path");
                }
            }
        }
    }

    /** The name with its dots, where it leads to the folder. */
    @Override
    public List<Path> links() throws IOException {
        Path link = folder().resolveSibling(repository.name());
        boolean ours = !repository.name().equals(repository.folderName())
                && Stat.isLink(link)
                && Path.of(repository.folderName())
                        .equals(Files.readSymbolicLink(link).getFileName());
        return ours ? List.of(link) : List.of();
    }

    @Override
    public Set<String> reserved() {
        return RESERVED;
    }

    @Override
    public String writeIndex(ArtifactRef pinned, Listing listing, Path stage) throws IOException {
        warnOfHidden(pinned.revision());
        Map<String, String> others = linesOfOthers(listing);
        IndexMark mark = new IndexMark();
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(stage.resolve(INDEX)), 1 << 16)) {
            IndexWriter index = IndexWriter.begin(out);
            for (Entry file : listing.entries()) {
                String revision = file.attributes().getOrDefault(FileList.REVISION, pinned.revision());
                index.line(file.path(), revision);
                mark.add(file.path(), revision);
            }
            for (Map.Entry<String, String> other : others.entrySet()) {
                index.line(other.getKey(), other.getValue());
            }
            index.end();
        }
        try (OutputStream out = Files.newOutputStream(stage.resolve(NAME))) {
            IndexWriter.name(out, repository);
        }
        String createdAt = listing.attributes().get(ModelScopeSource.CREATED_AT);
        Files.writeString(
                stage.resolve(VERSION),
                IndexWriter.revision(
                        repository,
                        pinned.revision(),
                        createdAt == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(createdAt))),
                StandardCharsets.UTF_8);
        return mark.text();
    }

    /** The index, the revision's name and the link by which readers find the folder. */
    @Override
    public FolderIndex index(Proof proof) throws IOException {
        Path index = folder().resolve(INDEX);
        Path version = folder().resolve(VERSION);
        if (!Stat.isFile(index) || !Stat.isFile(version) || isLinkMissing()) {
            return FolderIndex.BROKEN;
        }
        try {
            return ClientIndex.read(index, Files.readString(version), proof);
        } catch (IndexReader.RefusedException | CharacterCodingException | NoSuchFileException e) {
            return FolderIndex.BROKEN;
        }
    }

    /** What the index says of files that stay in the folder although they are not declared, or no longer listed. */
    private Map<String, String> linesOfOthers(Listing listing) throws IOException {
        Path index = folder().resolve(INDEX);
        if (!Stat.isFile(index)) {
            return Map.of();
        }
        Set<String> declared = new HashSet<>(2 * listing.entries().size());
        listing.entries().forEach(file -> declared.add(file.path()));
        Map<String, String> others = new HashMap<>();
        try {
            IndexReader.read(index, (path, revision) -> {
                if (!declared.contains(path) && isFile(path)) {
                    others.put(path, revision);
                }
            });
            return others;
        } catch (IndexReader.RefusedException e) {
            setAside(index);
            return Map.of();
        } catch (NoSuchFileException e) {
            return Map.of();
        }
    }

    /** Hostile paths are no files of the folder; the index that we replace may hold anything. */
    private boolean isFile(String path) throws IOException {
        try {
            Path file = folder().resolve(path).normalize();
            return file.startsWith(folder())
                    && file.equals(folder().resolve(path))
                    && Stat.isFile(file, LinkOption.NOFOLLOW_LINKS);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Keeps an index that we do not understand for people to look at; ours takes its place. */
    private void setAside(Path index) throws IOException {
        Path aside = state().resolve("refused" + INDEX);
        Rights.makeFolders(state());
        disk.delete(aside);
        try {
            disk.hardLink(aside, index);
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.copy(index, aside);
        }
    }

    @Override
    public void afterPublish() throws IOException {
        if (isLinked()) {
            link();
        }
        makeLockFolder();
    }

    private boolean isLinkMissing() throws IOException {
        Path link = folder().resolveSibling(repository.name());
        return isLinked()
                && (!Stat.exists(link, LinkOption.NOFOLLOW_LINKS) || isDeadLinkOfTheClient(link))
                && !Stat.exists(noLinks());
    }

    private boolean isLinked() {
        return repository.kind() == RepositoryId.Kind.MODEL
                && !repository.name().equals(repository.folderName());
    }

    /** Says that this disk has no links, so that nobody looks for one. */
    private Path noLinks() {
        return state().resolve("no-links");
    }

    /**
     * Lets readers find {@code Qwen2.5} as well as {@code Qwen2___5}. Relative, so that it holds wherever the disk is
     * mounted. Where the name is taken, by an earlier layout or by people, it stays as it is, but for a link of the
     * client's own that leads nowhere from here; where the disk has no links there is none.
     */
    private void link() throws IOException {
        Path link = folder().resolveSibling(repository.name());
        Path target = Path.of(repository.folderName());
        if (Stat.exists(link, LinkOption.NOFOLLOW_LINKS) && !isDeadLinkOfTheClient(link)) {
            return;
        }
        Path fresh = state().resolve("link"); // one name, so that what a kill leaves is replaced
        Rights.makeFolders(state());
        disk.delete(fresh);
        try {
            disk.symlink(fresh, target);
        } catch (UnsupportedOperationException e) {
            rememberNoLinks();
            return;
        } catch (FileSystemException e) {
            if (Reason.NOT_DONE_HERE.isOf(e)) {
                rememberNoLinks();
                return;
            }
            throw e;
        }
        try {
            disk.rename(fresh, link);
        } finally {
            disk.delete(fresh);
        }
    }

    private void rememberNoLinks() throws IOException {
        if (!Stat.exists(noLinks())) {
            Files.createFile(noLinks());
            Rights.likeFolder(noLinks(), state());
        }
    }

    private boolean isDeadLinkOfTheClient(Path link) throws IOException {
        return Stat.isLink(link)
                && !Stat.exists(link)
                && Path.of(repository.folderName())
                        .equals(Files.readSymbolicLink(link).getFileName());
    }

    /** Readers of other accounts lock there, even when they work offline. */
    private void makeLockFolder() throws IOException {
        Path locks = root.resolve(LOCKS);
        if (Stat.exists(locks)) {
            return;
        }
        try {
            Files.createDirectory(locks);
            Files.setPosixFilePermissions(locks, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (FileAlreadyExistsException | AccessDeniedException | UnsupportedOperationException e) {
            // Another runner was faster, or the root is not ours: then its owner decides who may lock.
        }
    }
}
