package io.synctools.examples.crash;

import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
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

    private final MirrorState shelf;
    private final List<String> complaints = new ArrayList<>();
    private final Map<Path, Read> read = new HashMap<>();
    private final Thread thread = new Thread(this::watch, "onlooker");
    private volatile boolean ended;
    private volatile long looks;

    /** The hash of a file, and what changes with the file. */
    private record Read(Map<String, Object> stamp, String hash) {}

    /** @param shelf where it looks */
    Onlooker(MirrorState shelf) {
        this.shelf = shelf;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (!ended) {
            try {
                look();
            } catch (IOException | UncheckedIOException e) {
                // A look that collides with a rename; the next one counts.
            } catch (IllegalStateException e) {
                complain(String.valueOf(e.getMessage()));
            }
            LockSupport.parkNanos(REST); // a reader that never rests takes the cores from what it watches
        }
    }

    /** Looks once. */
    synchronized void look() throws IOException {
        Optional<MirrorState.Settled> before = shelf.settled();
        if (shelf.layout() == MirrorProcess.Layout.HUGGINGFACE) {
            snapshots();
        } else {
            eachFile();
        }
        if (before.isPresent()) {
            Optional<HubRepository> proven = before.get().revision();
            List<String> wrong = proven.isPresent() ? differences(proven.get()) : visible();
            Optional<MirrorState.Settled> after = shelf.settled();
            if (after.isPresent() && after.get().stamp().equals(before.get().stamp())) {
                wrong.forEach(this::complain);
            }
        }
        looks++;
    }

    /** What readers see that is not the revision which the proof names. */
    private List<String> differences(HubRepository revision) throws IOException {
        List<String> found = new ArrayList<>();
        for (HubFile file : revision.files()) {
            Optional<String> hash = hashOf(shelf.filesOf(revision).resolve(file.path()));
            if (!hash.equals(Optional.of(file.sha256()))) {
                found.add(file.path() + " is " + hash.map(this::nameOf).orElse("not there") + ", and the proof says "
                        + nameOf(file.sha256()));
            }
        }
        return found;
    }

    /** What readers see although no proof says that anything is published. */
    private List<String> visible() throws IOException {
        List<String> found = new ArrayList<>();
        if (shelf.layout() != MirrorProcess.Layout.HUGGINGFACE) {
            for (HubFile file : shelf.revisions().get(0).files()) {
                if (Files.exists(shelf.folder().resolve(file.path()))) {
                    found.add(file.path() + " is visible, and there is no proof");
                }
            }
        }
        return found;
    }

    /** Which revision has such a file first. */
    private String nameOf(String hash) {
        List<HubRepository> all = shelf.revisions();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).bySha256().containsKey(hash)) {
                return "that of revision " + (i + 1);
            }
        }
        return "of no revision";
    }

    /**
     * Whatever stands under a name of the repository is that file, whole, of one revision or another; and a folder of the
     * ModelScope cache, which appears in whole, always has all of them, and its index.
     */
    private void eachFile() throws IOException {
        Path folder = shelf.folder();
        boolean isWhole = shelf.layout() == MirrorProcess.Layout.MODELSCOPE && Files.exists(folder);
        if (isWhole && !Files.exists(folder.resolve(".msc"))) {
            complain(folder + " is visible without its index");
        }
        for (HubFile file : shelf.revisions().get(0).files()) {
            Optional<String> hash = hashOf(folder.resolve(file.path()));
            if (isWhole && hash.isEmpty()) {
                complain(file.path() + " is missing in a visible folder");
            }
            if (hash.isPresent() && shelf.revisions().stream().noneMatch(any -> has(any, file.path(), hash.get()))) {
                complain(file.path() + " is neither old nor new");
            }
        }
    }

    private static boolean has(HubRepository revision, String path, String hash) {
        return revision.files().stream()
                .anyMatch(file -> file.path().equals(path) && file.sha256().equals(hash));
    }

    /** Each snapshot that is there is whole. */
    private void snapshots() throws IOException {
        for (HubRepository revision : shelf.revisions()) {
            if (Files.exists(shelf.filesOf(revision))) {
                differences(revision).forEach(what -> complain("a visible snapshot: " + what));
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
