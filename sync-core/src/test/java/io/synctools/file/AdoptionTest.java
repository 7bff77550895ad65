package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.Progress;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdoptionTest {
    private static final int SIZE = 70_000;

    private final ScriptedSource source = new ScriptedSource();
    private final AtomicLong reused = new AtomicLong();
    private RunContext context = RunContext.of(SyncOptions.DEFAULTS);

    @TempDir
    Path folder;

    private Path there;
    private Path here;
    private Entry entry;

    @BeforeEach
    void begin() throws IOException {
        there = Files.createDirectories(folder.resolve("there"));
        here = Files.createDirectories(folder.resolve("here"));
        entry = source.put("f", SIZE, 1);
    }

    /** A cache of which every file is told that was there when it was made. */
    private record Cache(Path root, List<Entry> told) implements Stock {
        @Override
        public void tell(Told listener) {
            told.forEach(one ->
                    listener.file(root, one.path(), one.size(), one.checksum().orElseThrow()));
        }

        @Override
        public boolean isOfACache(Path file) {
            return file.startsWith(root);
        }
    }

    private Adoption adoption(boolean isOfACache) {
        return Adoption.of(context, new Adoption.Destination() {
            @Override
            public Path place(Entry one) {
                return here.resolve(one.path());
            }

            @Override
            public Path state() {
                return here.resolve("not/yet");
            }

            @Override
            public boolean isOfACache() {
                return isOfACache;
            }
        });
    }

    private Path put(String name) throws IOException {
        return Files.write(there.resolve(name), source.files.get(name));
    }

    private void receive(Adoption adoption) throws Exception {
        try (Lease lease = Lease.take(folder.resolve("lease"), context)) {
            FileReceiver.of(context)
                    .receive(
                            new Delivery(
                                    source,
                                    ScriptedSource.PINNED,
                                    adoption,
                                    folder.resolve("parts"),
                                    lease,
                                    Reservation.NONE),
                            entry,
                            here.resolve("f"),
                            new Progress() {
                                @Override
                                public void received(long bytes) {}

                                @Override
                                public void reused(long bytes) {
                                    reused.addAndGet(bytes);
                                }
                            });
        }
        assertArrayEquals(source.files.get("f"), Files.readAllBytes(here.resolve("f")));
        try (var left = Files.list(folder.resolve("parts"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    private static Object of(Path file, String attribute) throws IOException {
        return Files.getAttribute(file, "unix:" + attribute);
    }

    @Test
    void betweenCachesItIsOneFileWhoseModeStaysAsItWas() throws Exception {
        Path file = put("f");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxr-x"));
        Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("rwxrwxr-x"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        Object mode = of(file, "mode");
        Adoption.from(context, new Cache(there, List.of(entry)));

        receive(adoption(true));

        assertEquals(of(file, "ino"), of(here.resolve("f"), "ino"));
        assertEquals(mode, of(file, "mode"));
        assertEquals(0, source.sent.get());
        assertEquals(SIZE, reused.get());
    }

    @Test
    void whatFewerMayReadIsCopied() throws Exception {
        Files.setPosixFilePermissions(here, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(put("f"), PosixFilePermissions.fromString("rw-------"));
        Adoption.from(context, new Cache(there, List.of(entry)));

        receive(adoption(true));

        assertNotEquals(of(there.resolve("f"), "ino"), of(here.resolve("f"), "ino"));
        assertEquals(0, source.sent.get());
    }

    @Test
    void whereTheDiskMakesNoLinksItIsCopied() throws Exception {
        put("f");
        context.shared(Disk.class, any -> new Disk() {
            @Override
            public void hardLink(Path link, Path existing) throws IOException {
                throw new FileSystemException(link.toString(), null, "Too many links");
            }
        });
        Adoption.from(context, new Cache(there, List.of(entry)));

        receive(adoption(true));

        assertNotEquals(of(there.resolve("f"), "ino"), of(here.resolve("f"), "ino"));
        assertEquals(0, source.sent.get());
        assertEquals(SIZE, reused.get());
    }

    /** Whoever wrote it may have written it just now, and nobody else waits for the disk. */
    @Test
    void whatIsLinkedIsDurableBeforeItHasItsName() throws Exception {
        put("f");
        List<String> steps = new ArrayList<>();
        context.shared(Disk.class, any -> new Disk() {
            @Override
            public void sync(FileChannel channel) throws IOException {
                steps.add("sync");
                super.sync(channel);
            }

            @Override
            public void rename(Path from, Path to) throws IOException {
                steps.add("rename to " + to.getFileName());
                super.rename(from, to);
            }
        });
        Adoption.from(context, new Cache(there, List.of(entry)));

        receive(adoption(true));

        assertEquals(of(there.resolve("f"), "ino"), of(here.resolve("f"), "ino"));
        assertEquals(List.of("sync", "rename to f"), steps);
    }

    @Test
    void aLinkToAWrongFileIsTakenBackAndTheNetworkAsked() throws Exception {
        Path file = put("f");
        byte[] wrong = source.files.get("f").clone();
        wrong[SIZE / 2] ^= 1;
        Files.write(file, wrong);
        Adoption.from(context, new Cache(there, List.of(entry)));

        receive(adoption(true));

        assertEquals(SIZE, source.sent.get());
        assertEquals(0, reused.get());
        assertArrayEquals(wrong, Files.readAllBytes(file));
    }

    @Test
    void whatIsLinkedTakesNoRoom() throws Exception {
        put("f");
        Adoption.from(context, new Cache(there, List.of(entry)));
        Entry other = source.put("g", SIZE, 2);

        assertEquals(
                new Adoption.Forecast(1, SIZE, 0, List.of(other), true),
                adoption(true).forecast(List.of(entry, other), false));
        assertEquals(
                new Adoption.Forecast(1, 0, SIZE, List.of(entry, other), true),
                adoption(false).forecast(List.of(entry, other), false));
    }

    @Test
    void whatIsKnownByItsSizeAloneIsReadWhereRoomIsScarce() throws Exception {
        int size = 3 << 20;
        entry = source.put("f", size, 1);
        Files.write(there.resolve("old"), source.files.get("f"));
        Entry other = source.put("g", size, 2);
        AtomicLong free = new AtomicLong(2L * size);
        context.shared(Disk.class, any -> new Disk() {
            @Override
            public long usableSpace(Path at) {
                return free.get();
            }
        });
        Adoption.from(context, new Unproven(there));
        assertEquals(List.of(), adoption(true).of(source.put("small", 100, 3)), "not worth a walk");
        FileReceiver receiver = FileReceiver.of(context);
        Path parts = folder.resolve("parts");

        adoption(true)
                .reserve(receiver, parts, List.of(entry, other), told -> {})
                .close();
        free.set(size); // enough for the one that has to be fetched
        adoption(true)
                .reserve(receiver, parts, List.of(entry, other), told -> {})
                .close();
        free.set(size - 1);
        SyncException full = assertThrows(
                SyncException.class, () -> adoption(true).reserve(receiver, parts, List.of(entry, other), told -> {}));
        assertEquals(FailureKind.NO_SPACE, full.kind());
    }

    /** A cache of which nothing but the sizes is known. */
    private record Unproven(Path root) implements Stock {
        @Override
        public void tell(Told listener) {}

        @Override
        public List<Path> unproven() {
            return List.of(root);
        }

        @Override
        public boolean isOfACache(Path file) {
            return file.startsWith(root);
        }
    }

    @Test
    void aRunSeesWhatCameSinceTheOneBefore() throws Exception {
        Path named = Files.createDirectories(folder.resolve("named"));
        context = RunContext.of(
                context.options().toBuilder().adopt(List.of(named)).build());
        Adoption.from(context, new Cache(there, List.of()));
        assertEquals(List.of(), adoption(true).of(entry));

        Files.write(named.resolve("any"), source.files.get("f"));
        Adoption.from(context, new Cache(there, List.of())); // made for another run

        assertEquals(named.resolve("any"), adoption(true).of(entry).get(0).file());
    }

    @Test
    void whatARunFetchedIsThereForItsOtherItems() throws Exception {
        Adoption.from(context, new Cache(there, List.of()));
        assertEquals(List.of(), adoption(true).of(entry));
        Files.write(here.resolve("f"), source.files.get("f"));
        adoption(true).arrived(entry);

        Entry elsewhere = Entry.file("else/f", entry.size(), entry.checksum().orElseThrow());

        assertEquals(here.resolve("f"), adoption(true).of(elsewhere).get(0).file());
        assertEquals(List.of(), adoption(true).of(entry), "a file is no source of itself");
    }

    @Test
    void aRootWhoseDiskHangsCostsWhatLiesThereAndNobodyElse() throws Exception {
        context = RunContext.of(
                context.options().toBuilder().stall(Duration.ofMillis(50)).build());
        put("f");
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch mended = new CountDownLatch(1);
        Adoption.from(context, new Cache(there, List.of(entry)));
        Adoption.from(context, new Stock() {
            @Override
            public Path root() {
                return folder.resolve("dead");
            }

            @Override
            public void tell(Told told) throws IOException {
                hanging.countDown();
                try {
                    mended.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }

            @Override
            public boolean isOfACache(Path file) {
                return false;
            }
        });

        adoption(true).of(entry); // it waits for as long as a connection may be silent, and no longer
        hanging.await();

        assertEquals(there.resolve("f"), adoption(true).of(entry).get(0).file());
        mended.countDown();
    }

    @Test
    void ofVeryManyFilesTheLargeOnesAreRemembered() throws Exception {
        put("f");
        Entry large = Entry.file("large", 5 << 20, Checksum.sha256("ab".repeat(32)));
        Files.write(there.resolve("large"), new byte[5 << 20]);
        Adoption.from(context, new Stock() {
            @Override
            public Path root() {
                return there;
            }

            @Override
            public void tell(Told told) {
                told.file(there, "large", large.size(), large.checksum().orElseThrow());
                byte[] hash = new byte[32];
                for (int i = 0; i < 250_000; i++) {
                    ByteBuffer.wrap(hash).putInt(i);
                    told.file(there, "s" + i, 10, Checksum.of(Checksum.Algorithm.SHA256, hash));
                }
                told.file(there, "f", SIZE, entry.checksum().orElseThrow());
            }

            @Override
            public boolean isOfACache(Path file) {
                return true;
            }
        });

        assertEquals(there.resolve("large"), adoption(true).of(large).get(0).file());
        assertEquals(List.of(), adoption(true).of(entry), "a small one comes quickly over the network");
    }
}
