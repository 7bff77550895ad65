package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.disk.Rights;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Remembers on disk which stretches of a partial file were written: fixed records of offset, length and checksum,
 * appended after the data. What a kill leaves of a last record is ignored.
 *
 * <p>Not synced: it guards against a killed process, whose writes the kernel keeps. After a power failure it may claim
 * more than is there; then the file's own checksum tells, and the file starts over ({@code performance.md} section 6).
 * Thread-safe.
 */
final class RangeJournal implements Closeable {
    private static final int RECORD = 8 + 8 + 4;

    private final Disk disk;
    private final FileChannel channel;

    @GuardedBy("this")
    private long end;

    private RangeJournal(Disk disk, FileChannel channel) {
        this.disk = disk;
        this.channel = channel;
    }

    /**
     * Opens or makes a journal.
     *
     * @param size length of the file that it speaks of; records beyond it count as damage
     * @param found is told what earlier writers recorded
     */
    static RangeJournal open(Disk disk, Path file, long size, Ranges found) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean ready = false;
        try {
            Rights.likeFolder(file, file.resolveSibling(""));
            RangeJournal journal = new RangeJournal(disk, channel);
            journal.replay(size, found);
            ready = true;
            return journal;
        } finally {
            if (!ready) {
                channel.close();
            }
        }
    }

    /** Reads a journal without touching it. */
    static void read(Path file, Ranges found) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            new RangeJournal(new Disk(), channel).replay(Long.MAX_VALUE, found);
        }
    }

    private synchronized void replay(long size, Ranges found) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(RECORD * 1024);
        while (channel.read(buffer, end) >= RECORD) {
            buffer.flip();
            while (buffer.remaining() >= RECORD) {
                int at = buffer.position();
                long offset = buffer.getLong();
                long length = buffer.getLong();
                int check = buffer.getInt();
                if (check != check(buffer.array(), at) || offset < 0 || length <= 0 || offset > size - length) {
                    return; // Everything from here on is what a kill or a fault left; it is overwritten.
                }
                found.add(offset, offset + length);
                end += RECORD;
            }
            buffer.clear();
        }
    }

    /** Says that these bytes were written. */
    synchronized void append(long offset, long length) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(RECORD);
        record.putLong(offset).putLong(length).putInt(check(record.array(), 0)).flip();
        disk.write(channel, record, end);
        end += RECORD;
    }

    /** Takes back all that was said. What is still appended is beyond the end, where nobody reads it. */
    synchronized void forget() throws IOException {
        channel.truncate(0);
    }

    private static int check(byte[] bytes, int offset) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, 16);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
