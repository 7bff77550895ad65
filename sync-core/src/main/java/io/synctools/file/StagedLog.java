package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.disk.Rights;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * Remembers which content each staged file has. A record is written before the file is: since a file gets its staged name
 * only when it is right, one that is there has the content of its last record.
 *
 * <p>Records are length, checksum, text; what a kill leaves of a last one is ignored. Thread-safe.
 */
final class StagedLog implements Closeable {
    private static final int LONGEST = 16 * 1024;

    private final Disk disk;
    private final FileChannel channel;

    @GuardedBy("this")
    private long end;

    private StagedLog(Disk disk, FileChannel channel, long end) {
        this.disk = disk;
        this.channel = channel;
        this.end = end;
    }

    /** Hears of one record. */
    @FunctionalInterface
    interface Reader {
        void staged(String path, Checksum checksum);
    }

    /** Opens or makes a log, to add to it after its last whole record. */
    static StagedLog open(Disk disk, Path file) throws IOException {
        long end = read(file, (path, checksum) -> {});
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean ready = false;
        try {
            Rights.likeFolder(file, file.resolveSibling(""));
            ready = true;
            return new StagedLog(disk, channel, end);
        } finally {
            if (!ready) {
                channel.close();
            }
        }
    }

    /** Reads all whole records, oldest first; returns their length in bytes. Nothing where there is no log. */
    static long read(Path file, Reader reader) throws IOException {
        long end = 0;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            while (true) {
                int length = in.readInt();
                int check = in.readInt();
                if (length <= 0 || length > LONGEST) {
                    return end;
                }
                byte[] text = in.readNBytes(length);
                if (text.length < length || check(text) != check) {
                    return end;
                }
                String record = new String(text, StandardCharsets.UTF_8);
                int blank = record.indexOf(' ');
                reader.staged(record.substring(blank + 1), Checksum.parse(record.substring(0, blank)));
                end += 8 + length;
            }
        } catch (EOFException | NoSuchFileException | IllegalArgumentException | IndexOutOfBoundsException e) {
            return end;
        }
    }

    /** Says which content the entry's staged file will have, by {@link ContentKey#of}. */
    synchronized void add(Entry entry, Checksum key) throws IOException {
        byte[] text = (key + " " + entry.path()).getBytes(StandardCharsets.UTF_8);
        ByteBuffer record = ByteBuffer.allocate(8 + text.length);
        record.putInt(text.length).putInt(check(text)).put(text).flip();
        disk.write(channel, record, end);
        end += 8 + text.length;
    }

    private static int check(byte[] text) {
        CRC32C crc = new CRC32C();
        crc.update(text, 0, text.length);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
