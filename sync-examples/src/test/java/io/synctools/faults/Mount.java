package io.synctools.faults;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A mount that lasts for one test. Needs the right to mount, which root has on most machines. */
final class Mount implements AutoCloseable {
    private final Path point;

    private Mount(Path point) {
        this.point = point;
    }

    /** Whether this process may mount. Says so where not: then a test stands in for the disk, or cannot be run. */
    static boolean isAllowed() {
        try {
            Path probe = Files.createTempDirectory("mount");
            try (Mount mount = tmpfs(probe, 1 << 20)) {
                return mount.point.equals(probe);
            } finally {
                Files.delete(probe);
            }
        } catch (IOException e) {
            System.out.println("no right to mount, so disks are imitated: " + e.getMessage());
            return false;
        }
    }

    /** A file system of that size in memory. */
    static Mount tmpfs(Path point, long bytes) throws IOException {
        run(List.of("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", point.toString()));
        return new Mount(point);
    }

    /** A folder once more at another place: one file system, and yet no rename leads there. */
    static Mount bind(Path folder, Path point) throws IOException {
        run(List.of("mount", "--bind", folder.toString(), point.toString()));
        return new Mount(point);
    }

    /** From now on nothing can be written; not even by root. */
    void readOnly() throws IOException {
        run(List.of("mount", "-o", "remount,ro", point.toString()));
    }

    void writable() throws IOException {
        run(List.of("mount", "-o", "remount,rw", point.toString()));
    }

    /** Lets something be done by another account. */
    static String runAs(int user, List<String> command) throws IOException {
        List<String> whole = new ArrayList<>(List.of(
                "setpriv", "--reuid", Integer.toString(user), "--regid", Integer.toString(user), "--clear-groups"));
        Collections.addAll(whole, command.toArray(new String[0]));
        return run(whole);
    }

    private static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + status + ": " + said);
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        run(List.of("umount", "-l", point.toString()));
    }
}
