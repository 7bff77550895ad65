package io.synctools.faults;

import io.synctools.file.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A disk of a few megabytes: a real one where this process may mount, else one that counts what is written. */
final class SmallDisk implements AutoCloseable {
    static final boolean REAL = Mount.isAllowed();
    private static final long SIZE = 4 << 20;
    private static final int PAGE = 4096;

    private final Path root;
    private final Mount mount;
    private final Disk disk;

    private SmallDisk(Path root, Mount mount, Disk disk) {
        this.root = root;
        this.mount = mount;
        this.disk = disk;
    }

    static SmallDisk at(Path root) throws IOException {
        return REAL
                ? new SmallDisk(root, Mount.tmpfs(root, SIZE), new Disk())
                : new SmallDisk(root, null, new Quota(root));
    }

    Disk disk() {
        return disk;
    }

    Mount mount() {
        return mount;
    }

    /** Writes a file that leaves only so much room. */
    void fill(Path filler, long left) throws IOException {
        long bytes = Math.max(0, disk.usableSpace(root) - left);
        try (FileChannel channel = FileChannel.open(
                filler, java.nio.file.StandardOpenOption.CREATE_NEW, java.nio.file.StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocate(PAGE);
            for (long at = 0; at < bytes; at += PAGE) {
                channel.write(zeros.clear(), at);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (mount != null) {
            mount.close();
        }
    }

    /** Counts all that lies below its root, and refuses what goes beyond the size. */
    private static final class Quota extends Disk {
        private final Path root;

        Quota(Path root) {
            this.root = root;
        }

        @Override
        public long usableSpace(Path folder) throws IOException {
            try (Stream<Path> files = Files.walk(root)) {
                return SIZE
                        - files.filter(Files::isRegularFile)
                                .mapToLong(file -> file.toFile().length())
                                .sum();
            }
        }

        @Override
        public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
            if (bytes.remaining() > usableSpace(root)) {
                throw new FileSystemException(root.toString(), null, "No space left on device");
            }
            super.write(channel, bytes, position);
        }
    }
}
