package io.synctools.examples.guides;

import io.synctools.file.Adoption;
import io.synctools.file.Disk;
import io.synctools.file.FolderLayout;
import io.synctools.file.FolderReplica;
import io.synctools.file.Proof;
import io.synctools.mirror.FolderRepository;
import io.synctools.mirror.Folders;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.LocalRepository;
import io.synctools.mirror.Trash;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.Resolved;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A folder for each repository, {@code team/name}, with the {@code SHA256SUMS} of its files. */
final class ArchiveTarget implements Target<FileSource>, Inventory {
    private static final String STATE = ".archive";

    private final Path root;
    private final RunContext context;

    ArchiveTarget(Path root, RunContext context) {
        this.root = root.toAbsolutePath().normalize();
        this.context = context;
    }

    // Where things go.

    @Override
    public Class<FileSource> pullsFrom() {
        return FileSource.class;
    }

    @Override
    public String path(ArtifactRef destination) {
        if (!destination.name().matches("[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*){1,2}")) {
            throw new SyncException(FailureKind.UNSAFE_NAME, destination + " is not of the form team/name");
        }
        return destination.name();
    }

    @Override
    public Replica open(FileSource source, SyncItem item, Reporter reporter) throws IOException {
        Adoption.from(context, this);
        return FolderReplica.open(context, new Layout(root, path(item.to())), source, item, reporter);
    }

    @Override
    public Optional<Resolved> resolved(SyncItem item) throws IOException {
        return at(item.to()).resolved(item);
    }

    /** Two folders of one repository: what readers see, and what is ours; and the file that is made beside theirs. */
    private record Layout(Path root, String name) implements FolderLayout {
        @Override
        public Path folder() {
            return root.resolve(name);
        }

        @Override
        public Path state() {
            return root.resolve(STATE).resolve(name);
        }

        @Override
        public Set<String> reserved() {
            return Set.of("SHA256SUMS");
        }

        @Override
        public String writeIndex(ArtifactRef pinned, Listing listing, Path stage) throws IOException {
            StringBuilder sums = new StringBuilder();
            for (Entry entry : listing.entries()) {
                sums.append(entry.checksum().orElseThrow().hex())
                        .append("  ")
                        .append(entry.path())
                        .append('\n');
            }
            Files.writeString(stage.resolve("SHA256SUMS"), sums);
            return "";
        }
    }

    // What is there, for verify, status, prune and for others that look for files.

    @Override
    public String scheme() {
        return "archive";
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public LocalRepository at(ArtifactRef destination) {
        return repository(path(destination));
    }

    private FolderRepository repository(String name) {
        return new FolderRepository(scheme(), name, root, new Layout(root, name), trashFolder());
    }

    @Override
    public List<LocalRepository> repositories() throws IOException {
        List<LocalRepository> found = new ArrayList<>();
        find(root.resolve(STATE), found);
        return found;
    }

    private void find(Path state, List<LocalRepository> found) throws IOException {
        if (Files.exists(FolderReplica.proofIn(state))) {
            found.add(repository(root.resolve(STATE).relativize(state).toString()));
            return;
        }
        for (Path below : Folders.in(state)) {
            find(below, found);
        }
    }

    @Override
    public void tell(Told told) throws IOException {
        for (LocalRepository repository : repositories()) {
            Proof.tell(FolderReplica.proofIn(repository.state()), repository.folder(), told);
        }
    }

    @Override
    public boolean isOfACache(Path file) {
        return false; // people may write there
    }

    private Path trashFolder() {
        return root.resolve(STATE).resolve(".trash");
    }

    @Override
    public List<Trash> trash() throws IOException {
        return Folders.in(trashFolder()).stream()
                .map(folder -> new Trash(folder, trashFolder()))
                .toList();
    }

    @Override
    public void empty(Trash trash, Disk disk) throws IOException {
        disk.deleteTree(trash.folder());
    }
}
