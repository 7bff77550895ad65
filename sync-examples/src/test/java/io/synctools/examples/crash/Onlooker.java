package io.synctools.examples.crash;

import io.synctools.examples.hub.HubFile;
import io.synctools.examples.hub.HubRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks at a mirror as its readers do, again and again, and remembers what no reader may ever see. What it has read it reads
 * again only where the file changed since: to hash everything at each look would take the cores from what it watches.
 */
final class Onlooker implements AutoCloseable {
    private static final long REST = TimeUnit.MILLISECONDS.toNanos(1);

    /** Time stamps of files are as coarse as the kernel's tick: within so many milliseconds they do not prove that it rests. */
    private static final long YOUNG = 100;

    private final Mirror.Layout layout;
    private final Path root;
    private final List<HubRepository> revisions;
    private final List<String> complaints = new ArrayList<>();
    private final Map<Path, Read> read = new HashMap<>();
    private final Thread thread = new Thread(this::watch, "onlooker");
    private volatile boolean ended;
    private volatile long looks;

    /** The hash of a file, and what changes with the file. */
    private record Read(Map<String, Object> stamp, String hash) {}

    /** @param revisions all that the hub ever had */
    Onlooker(Mirror.Layout layout, Path root, List<HubRepository> revisions) {
        this.layout = layout;
        this.root = root;
        this.revisions = revisions;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (!ended) {
            try {
                switch (layout) {
                    case MODELSCOPE ->
                        folder(
                                root.resolve(Mirror.NAME),
                                root.resolve(Mirror.NAME).resolve(".msc"));
                    case LOCAL_DIR -> eachFile(root.resolve(Mirror.NAME));
                    case HUGGINGFACE -> snapshot();
                }
                looks++;
            } catch (IOException | UncheckedIOException e) {
                // A look that collides with a rename; the next one counts.
            }
            LockSupport.parkNanos(REST); // a reader that never rests takes the cores from what it watches
        }
    }

    /** A folder that has its index holds a whole revision, or two while one burst of renames passes. */
    private void folder(Path folder, Path index) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        if (!Files.exists(index)) {
            complain(folder + " is visible without its index");
        }
        eachFile(folder);
        for (HubFile file : revisions.get(0).files()) {
            if (!Files.exists(folder.resolve(file.path()))) {
                complain(file.path() + " is missing in a visible folder");
            }
        }
    }

    /** Whatever stands under a name of the repository is that file, whole, of one revision or another. */
    private void eachFile(Path folder) throws IOException {
        for (HubRepository revision : revisions) {
            for (HubFile file : revision.files()) {
                Optional<String> hash = hashOf(folder.resolve(file.path()));
                if (hash.isPresent() && revisions.stream().noneMatch(any -> has(any, file.path(), hash.get()))) {
                    complain(file.path() + " is neither old nor new");
                }
            }
        }
    }

    private static boolean has(HubRepository revision, String path, String hash) {
        return revision.files().stream()
                .anyMatch(file -> file.path().equals(path) && file.sha256().equals(hash));
    }

    /** What a reference names is there, whole. */
    private void snapshot() throws IOException {
        Path repository = root.resolve(Mirror.NAME.replace("/", "--"));
        String commit;
        try {
            commit = Files.readString(repository.resolve("refs/main"), StandardCharsets.UTF_8);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return;
        }
        Optional<HubRepository> named =
                revisions.stream().filter(any -> any.commit().equals(commit)).findFirst();
        if (named.isEmpty()) {
            complain("refs/main holds \"" + commit + "\"");
            return;
        }
        for (HubFile file : named.get().files()) {
            Path path = repository.resolve("snapshots").resolve(commit).resolve(file.path());
            if (!hashOf(path).equals(Optional.of(file.sha256()))) {
                complain("refs/main names " + commit + ", whose " + file.path() + " is not there or not right");
            }
        }
    }

    private Optional<String> hashOf(Path file) throws IOException {
        try {
            Map<String, Object> stamp = Files.readAttributes(file, "unix:dev,ino,size,ctime");
            Read before = read.get(file);
            if (before != null && before.stamp().equals(stamp)) {
                return Optional.of(before.hash());
            }
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String hash = HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
            long age = System.currentTimeMillis() - ((FileTime) stamp.get("ctime")).toMillis();
            if (age > YOUNG) {
                read.put(file, new Read(stamp, hash));
            }
            return Optional.of(hash);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private synchronized void complain(String what) {
        complaints.add(what);
    }

    /** What no reader should have seen. */
    synchronized List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** How often it looked. */
    long looks() {
        return looks;
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        thread.join();
    }
}
