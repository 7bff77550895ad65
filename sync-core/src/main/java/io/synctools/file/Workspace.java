package io.synctools.file;

import io.synctools.internal.disk.NfsLitter;
import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where one holder of a lease stages a folder before it is published: {@code work.<nonce>} in the state folder.
 *
 * <p>The next holder takes it over by renaming it, which also shuts the former holder out: what it still tries to stage
 * or publish has no such place any more.
 *
 * @param folder the workspace
 */
record Workspace(Path folder) {
    private static final String PREFIX = "work.";

    /** Partial files. */
    Path parts() {
        return folder.resolve("parts");
    }

    /** Files that are whole and right, at their paths. */
    Path staged() {
        return folder.resolve("staged");
    }

    /** Which content each staged file has. */
    Path log() {
        return folder.resolve("staged.log");
    }

    /** The clients' own files, at their paths; they appear after all others. */
    Path index() {
        return folder.resolve("index");
    }

    /** What of ours gives way to the files; there, before the decision, only if something does. */
    Path replaced() {
        return folder.resolve("replaced");
    }

    /** The proof of what is being published; from the moment it exists, publishing is only finished, never undone. */
    Path decision() {
        return folder.resolve("publish.json");
    }

    /** Every workspace below a state folder, which is opened for it. */
    static List<Workspace> in(Path state) throws IOException {
        List<Workspace> found = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(state, Workspace::isOne)) {
            for (Path folder : folders) {
                found.add(new Workspace(folder));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return found;
        }
        return found;
    }

    private static boolean isOne(Path folder) {
        return folder.getFileName().toString().startsWith(PREFIX);
    }

    /** Whether nothing was fetched here, not even in part. */
    boolean isEmpty() throws IOException {
        return filesBelow(parts()).isEmpty() && filesBelow(staged()).isEmpty();
    }

    /** The workspace whose publication was decided but not finished; empty where there is none. */
    static Optional<Workspace> decided(Path state) throws IOException {
        for (Workspace work : in(state)) {
            OpenedFolders.look(work.folder()); // NFS may remember that nothing was decided when it looked last
            if (Stat.exists(work.decision())) {
                return Optional.of(work);
            }
        }
        return Optional.empty();
    }

    /** Takes over what former holders left, or begins anew. Only for the holder of the lease. */
    static Workspace takeOver(Disk disk, Path state, Lease lease) throws IOException {
        Workspace ours = new Workspace(state.resolve(PREFIX + lease.nonce()));
        List<Workspace> left = in(state);
        Map<Workspace, Long> weights = new HashMap<>();
        for (Workspace work : left) {
            weights.put(work, work.weight());
        }
        left.sort(Comparator.comparing(weights::get, Comparator.reverseOrder()));
        for (Workspace work : left) {
            lease.confirm(); // who slept since it took the lease would destroy what its successor works on
            if (work.equals(left.get(0))) {
                disk.rename(work.folder(), ours.folder());
            } else {
                disk.deleteTree(work.folder());
            }
        }
        Rights.makeFolders(ours.parts());
        Rights.makeFolders(ours.staged());
        return ours;
    }

    /** A decided publication weighs most, then the one that got furthest. */
    private long weight() throws IOException {
        return Stat.exists(decision())
                ? Long.MAX_VALUE
                : Stat.of(log()).map(BasicFileAttributes::size).orElse(0L);
    }

    /** All files below a folder, relative to it, in the order of their paths; none where there is no such folder. */
    static List<Path> filesBelow(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        if (!Stat.isFolder(folder)) {
            return files;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!NfsLitter.is(file)) {
                    files.add(folder.relativize(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        return files;
    }
}
