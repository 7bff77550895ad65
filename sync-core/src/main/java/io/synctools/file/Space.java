package io.synctools.file;

import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.spi.Progress;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Knows how much room the items of this run still need on each disk. Thread-safe. */
final class Space {
    private final Disk disk;
    private final Map<Path, Room> rooms = new ConcurrentHashMap<>();

    Space(Disk disk) {
        this.disk = disk;
    }

    /** What one item still has to write. */
    private record Room(FileStore store, AtomicLong bytes) {}

    /** See {@link FileReceiver#reserve}. */
    synchronized FileReceiver.Reservation reserve(Path parts, List<Entry> missing) throws IOException {
        long needed = Math.max(0, stillNeeded(parts, missing));
        FileStore store = Files.getFileStore(parts);
        long free = disk.usableSpace(parts);
        long promised = 0;
        for (Room room : rooms.values()) {
            if (room.store().equals(store)) {
                promised += Math.max(0, room.bytes().get());
            }
        }
        boolean unknown = free <= 0 && store.getTotalSpace() <= 0;
        if (needed > free - promised && !unknown && needed > 0) {
            throw new SyncException(
                    FailureKind.NO_SPACE,
                    "it needs " + gibibytes(needed) + " more on the disk of " + parts + ", where " + gibibytes(free)
                            + " are free"
                            + (promised > 0 ? ", " + gibibytes(promised) + " of them for other items of this run" : "")
                            + "; nothing was fetched; make room or shorten the list");
        }
        rooms.put(parts, new Room(store, new AtomicLong(needed)));
        return () -> rooms.remove(parts);
    }

    /** Gives room back as bytes arrive, since the disk then counts them itself. */
    Progress counting(Path parts, Progress progress) {
        Room room = rooms.get(parts);
        if (room == null) {
            return progress;
        }
        return new Progress() {
            @Override
            public void received(long bytes) {
                room.bytes().addAndGet(-bytes);
                progress.received(bytes);
            }

            @Override
            public void reused(long bytes) {
                progress.reused(bytes);
            }

            @Override
            public void note(String text) {
                progress.note(text);
            }
        };
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
        } catch (NoSuchFileException e) {
            return needed;
        }
        return needed;
    }

    static String gibibytes(long bytes) {
        return bytes < 1L << 30
                ? String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20))
                : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
    }
}
