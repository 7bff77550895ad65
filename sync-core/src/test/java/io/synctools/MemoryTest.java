package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.spi.FileSource;
import io.synctools.testing.PullTarget;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Many entries in a small heap, in a process of its own. */
class MemoryTest {
    private static final int ENTRIES = 300_000;

    @Test
    void aListingOf300000EntriesFitsIntoASmallHeap() throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MemoryTest.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(child.waitFor(60, TimeUnit.SECONDS));

        assertEquals(0, child.exitValue(), output);
        assertTrue(output.contains("COPIED 300000"), output);
    }

    /** The child: two artifacts of that size, one after the other through the same engine. */
    public static void main(String[] args) {
        long begin = System.nanoTime();
        Syncer syncer = Syncer.builder()
                .platforms(Platforms.builder()
                        .source("many", new ManyFiles())
                        .target(
                                "nowhere",
                                new PullTarget<>(
                                        FileSource.class, true, (entry, progress) -> progress.received(entry.size())))
                        .build())
                .build();
        for (String name : List.of("a/b", "c/d")) {
            SyncReport report = syncer.run(SyncPlan.of(
                    "flow", List.of(SyncItem.of(ArtifactRef.of("many", name), ArtifactRef.of("nowhere", name)))));
            SyncReport.Item item = report.items().get(0);
            System.out.println(item.outcome() + " " + item.entries().copied() + " " + item.failures() + " after "
                    + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) + " ms");
        }
    }

    private static final class ManyFiles implements FileSource {
        @Override
        public ArtifactRef pin(ArtifactRef ref) {
            return ref.pinned("main", "1");
        }

        @Override
        public Listing list(ArtifactRef pinned, NameFilter filter) {
            List<Entry> entries = new ArrayList<>(ENTRIES);
            for (int i = 0; i < ENTRIES; i++) {
                byte[] hash = ByteBuffer.allocate(32).putInt(i).array();
                entries.add(Entry.file(
                        "data/train/part-" + i % 1000 + "/image-" + i + ".jpg",
                        i,
                        Checksum.of(Checksum.Algorithm.SHA256, hash)));
            }
            return new Listing(entries, List.of(), Map.of());
        }

        @Override
        public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) {
            return InputStream.nullInputStream();
        }
    }
}
