package io.synctools.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.disk.Stat;
import io.synctools.internal.text.ByteSize;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Knows how much room the items of this process still need on each disk. Thread-safe. */
final class DiskSpace {
    private final Disk disk;

    @GuardedBy("this")
    private final Set<Room> rooms = new HashSet<>();

    DiskSpace(Disk disk) {
        this.disk = disk;
    }

    /** What one item still has to write; equal to itself alone. */
    private final class Room implements Reservation {
        private final Object device;
        private final long whole;
        private final AtomicLong bytes;

        Room(Object device, long bytes) {
            this.device = device;
            this.whole = bytes;
            this.bytes = new AtomicLong(bytes);
        }

        @Override
        public void arrived(long count) {
            bytes.addAndGet(-count);
        }

        private long left() {
            return Math.max(0, bytes.get());
        }

        @Override
        public void close() {
            synchronized (DiskSpace.this) {
                rooms.remove(this);
            }
        }
    }

    /** See {@link FileReceiver#reserve}. */
    Reservation reserve(Path parts, List<Entry> missing) throws IOException {
        Path folder = existing(parts);
        long needed = stillNeeded(parts, missing);
        Object device = Stat.device(folder);
        // Counted before the disk is asked: bytes that arrive between the two count twice, never not at all.
        Map<Room, Long> before = promised(device);
        long free = free(folder);
        synchronized (this) {
            long promised = before.values().stream().mapToLong(Long::longValue).sum()
                    + rooms.stream()
                            .filter(room -> room.device.equals(device) && !before.containsKey(room))
                            .mapToLong(room -> room.whole)
                            .sum();
            if (free >= 0 && needed > 0 && needed > free - promised) {
                throw new SyncException(
                        FailureKind.NO_SPACE,
                        "it needs " + ByteSize.text(needed) + " more on the disk of " + parts + ", where "
                                + ByteSize.text(free) + " are free"
                                + (promised > 0
                                        ? ", " + ByteSize.text(promised) + " of them for other items of this run"
                                        : "")
                                + "; nothing was fetched; make room or shorten the list");
            }
            Room room = new Room(device, needed);
            rooms.add(room);
            return room;
        }
    }

    /** What the items of one disk still have to write. */
    private synchronized Map<Room, Long> promised(Object device) {
        Map<Room, Long> promised = new HashMap<>();
        for (Room room : rooms) {
            if (room.device.equals(device)) {
                promised.put(room, room.left());
            }
        }
        return promised;
    }

    /** What may still be written; -1 where nobody can tell, which stops nobody. */
    private long free(Path folder) {
        try {
            return disk.usableSpace(folder);
        } catch (IOException | RuntimeException e) {
            return -1;
        }
    }

    /** The folder itself or the nearest above it that is there: a preview makes none. */
    static Path existing(Path folder) throws IOException {
        Path at = folder;
        while (!Stat.exists(at)) {
            Path above = at.getParent();
            if (above == null) {
                return at;
            }
            at = above;
        }
        return at;
    }

    private static long stillNeeded(Path parts, List<Entry> missing) throws IOException {
        long needed = 0;
        Set<String> contents = new HashSet<>();
        for (Entry entry : missing) {
            String content = entry.checksum().map(Object::toString).orElse(entry.path());
            needed += Math.max(0, entry.size());
            contents.add(content.substring(content.indexOf(':') + 1));
        }
        try (DirectoryStream<Path> partials = Files.newDirectoryStream(parts)) {
            for (Path partial : partials) {
                String name = partial.getFileName().toString();
                int dot = name.indexOf('.');
                if (dot > 0 && contents.contains(name.substring(0, dot))) {
                    needed -= Partial.bytesIn(partial);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Math.max(0, needed);
        }
        return Math.max(0, needed);
    }
}
