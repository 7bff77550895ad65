package io.synctools.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.digest.Hasher;
import io.synctools.internal.http.ItemMeter;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.FileSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every source of files must do; a platform's author extends it and serves what it asks for. */
public abstract class FileSourceContract extends SourceContract {

    /** For subclasses. */
    protected FileSourceContract() {}

    @Override
    protected abstract FileSource source() throws Exception;

    /**
     * Makes the content of one repository of the source exactly this, as a new commit where it was something else, and
     * returns it; always the same repository within one test.
     */
    protected abstract ArtifactRef repository(Map<String, byte[]> files) throws Exception;

    @Override
    protected final ArtifactRef repository(Set<String> names) throws Exception {
        Map<String, byte[]> files = new TreeMap<>();
        names.forEach(name -> files.put(name, ("content of " + name).getBytes(StandardCharsets.UTF_8)));
        return repository(files);
    }

    @Test
    void sizesAndChecksumsAreThoseOfTheBytes() throws Exception {
        Map<String, byte[]> files = files();
        ArtifactRef pinned = source().pin(repository(files));

        for (Entry entry : source().list(pinned, NameFilter.ALL).entries()) {
            byte[] expected = bytes(files, entry.path());
            assertEquals(expected.length, entry.size(), entry.path());
            Checksum declared =
                    entry.checksum().orElseThrow(() -> new AssertionError(entry.path() + " has no checksum"));
            Hasher hasher = new Hasher(declared.algorithm(), expected.length);
            hasher.update(expected, 0, expected.length);
            assertTrue(declared.matches(hasher.finish()), entry.path());
        }
    }

    @Test
    void everyFileIsReadWhole() throws Exception {
        Map<String, byte[]> files = files();
        ArtifactRef pinned = source().pin(repository(files));

        for (Entry entry : source().list(pinned, NameFilter.ALL).entries()) {
            assertArrayEquals(bytes(files, entry.path()), read(pinned, entry, 0, entry.size()), entry.path());
        }
    }

    @Test
    void rangesAreExact() throws Exception {
        byte[] content = random(300_000, 1);
        ArtifactRef pinned = source().pin(repository(Map.of("big.bin", content)));
        Entry entry = source().list(pinned, NameFilter.ALL).entries().get(0);
        List<ByteRange> ranges = new ArrayList<>(List.of(
                new ByteRange(0, 1),
                new ByteRange(0, content.length),
                new ByteRange(content.length - 1, 1),
                new ByteRange(1, content.length - 1),
                new ByteRange(0, content.length - 1),
                new ByteRange(65_535, 2)));
        Random random = new Random(2);
        for (int i = 0; i < 10; i++) {
            int offset = random.nextInt(content.length);
            ranges.add(new ByteRange(offset, 1 + random.nextInt(content.length - offset)));
        }

        for (ByteRange range : ranges) {
            assertArrayEquals(
                    Arrays.copyOfRange(content, (int) range.offset(), (int) range.end()),
                    read(pinned, entry, range.offset(), range.length()),
                    range::toString);
        }
    }

    @Test
    void anEmptyRangeAsksNobody() throws Exception {
        ArtifactRef pinned = source().pin(repository(Map.of("empty", new byte[0], "full", random(100, 3))));
        for (Entry entry : source().list(pinned, NameFilter.ALL).entries()) {
            ItemMeter meter = new ItemMeter();
            ItemMeter.Scope scope = meter.bind();
            for (long offset : new long[] {0, entry.size()}) {
                assertEquals(0, read(pinned, entry, offset, 0).length);
            }
            scope.close();
            assertEquals(0, meter.requests(), entry.path());
        }
    }

    @Test
    void rangesMayBeReadAtOnceAndClosedEarly() throws Exception {
        byte[] content = random(200_000, 4);
        ArtifactRef pinned = source().pin(repository(Map.of("big.bin", content)));
        Entry entry = source().list(pinned, NameFilter.ALL).entries().get(0);
        try (InputStream early = source().open(pinned, entry, new ByteRange(0, content.length))) {
            assertEquals(content[0] & 0xff, early.read());
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<byte[]>> parts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                long offset = i * 25_000L;
                parts.add(threads.submit(() -> read(pinned, entry, offset, 25_000)));
            }
            for (int i = 0; i < 8; i++) {
                assertArrayEquals(
                        Arrays.copyOfRange(content, i * 25_000, (i + 1) * 25_000),
                        parts.get(i).get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anotherContentIsAnotherPin() throws Exception {
        ArtifactRef artifact = repository(Map.of("a", random(10, 5)));
        ArtifactRef before = source().pin(artifact);
        repository(Map.of("a", random(10, 6)));

        assertNotEquals(before.pin(), source().pin(artifact).pin());
    }

    @Test
    void anOldPinGivesItsOwnListingOrNone() throws Exception {
        Map<String, byte[]> old = Map.of("a", random(10, 7), "b", random(20, 8));
        ArtifactRef artifact = repository(old);
        ArtifactRef pinned = source().pin(artifact);
        repository(Map.of("a", random(30, 9), "c", random(40, 10)));

        Listing listing;
        try {
            listing = source().list(pinned, NameFilter.ALL);
        } catch (IOException | SyncException e) {
            return; // the platform does not keep it; better none than another
        }
        assertEquals(old.keySet(), paths(listing.entries()));
        listing.entries().forEach(entry -> assertEquals(bytes(old, entry.path()).length, entry.size()));
    }

    @Test
    void aFileThatIsNotThereIsAFailure() throws Exception {
        ArtifactRef pinned = source().pin(repository(Map.of("a", random(10, 11))));
        Entry ghost = Entry.file("no/such/file.bin", 10, MemoryHub.checksum(new byte[10]));

        SyncException refused = assertThrows(SyncException.class, () -> read(pinned, ghost, 0, 10));

        assertTrue(String.valueOf(refused.getMessage()).contains("no/such/file.bin"), refused::getMessage);
    }

    private byte[] read(ArtifactRef pinned, Entry entry, long offset, long length) throws Exception {
        try (InputStream in = source().open(pinned, entry, new ByteRange(offset, length))) {
            return in.readAllBytes();
        }
    }

    private static Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        files.put("README.md", random(3000, 20));
        files.put("empty.txt", new byte[0]);
        files.put("a/b/c/deep.json", random(1, 21));
        files.put("with blank & plus+percent%20.bin", random(100, 22));
        files.put("sharp#question?.txt", random(100, 23));
        files.put("中文/文件.txt", random(100, 24));
        files.put("model-00001-of-00002.safetensors", random(150_000, 25));
        return files;
    }

    private static byte[] bytes(Map<String, byte[]> files, String path) {
        byte[] bytes = files.get(path);
        if (bytes == null) {
            throw new AssertionError(path + " was never put there");
        }
        return bytes;
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
