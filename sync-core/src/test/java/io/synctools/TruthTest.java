package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import io.synctools.testing.MemoryShelf;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/** Whatever becomes of a listing's entries, a run ends with 0 if and only if all that is declared is there. */
class TruthTest {
    private static final String NAME = "models/o/n";
    private static final int NEVER = -1;
    private static final String COMMIT = "0".repeat(39);

    /** What becomes of an entry. */
    private enum Fate {
        /** It is there already, from an earlier revision. */
        THERE,
        COMES,
        /** The source refuses it. */
        REFUSED,
        /** The source's host is in trouble whenever it is asked for. */
        TROUBLE,
        /** The source does not find it, and lists it no more. */
        VANISHES,
        /** The source does not find it, and lists it still. */
        LOST,
        /** Other bytes come than were listed. */
        WRONG
    }

    /**
     * A run.
     *
     * @param revisions what becomes of the entries of each revision
     * @param moveAt before which of the openings the source moves on to the next revision
     * @param forgets whether it then does not serve the one before any more
     * @param interruptAt before which of the openings the run is interrupted
     * @param held whether another runner has the destination
     */
    private record Scene(List<List<Fate>> revisions, int moveAt, boolean forgets, int interruptAt, boolean held) {}

    /** A hub that obeys the scene. */
    private static final class Stage implements FileSource {
        private final Scene scene;
        private final Thread run = Thread.currentThread();
        private final AtomicInteger opened = new AtomicInteger();
        private final AtomicInteger current = new AtomicInteger();
        private final Set<String> vanished = ConcurrentHashMap.newKeySet();

        Stage(Scene scene) {
            this.scene = scene;
        }

        static int revision(String commit) {
            return Integer.parseInt(commit.substring(COMMIT.length()));
        }

        private static byte[] content(int revision, int entry) {
            String of = entry % 2 == 0 ? "any" : "r" + revision;
            return (of + "-" + entry).getBytes(StandardCharsets.UTF_8);
        }

        /** What is declared now of a revision. */
        Map<String, byte[]> declared(int revision) {
            Map<String, byte[]> files = new TreeMap<>();
            for (int i = 0; i < scene.revisions().get(revision).size(); i++) {
                files.put("e" + i, content(revision, i));
            }
            files.keySet().removeAll(vanished);
            return files;
        }

        @Override
        public ArtifactRef pin(ArtifactRef ref) {
            return ref.pinned("main", COMMIT + current.get());
        }

        @Override
        public Listing list(ArtifactRef pinned, NameFilter filter) {
            List<Entry> entries = new ArrayList<>();
            declared(revision(pinned.pin()))
                    .forEach((path, bytes) -> entries.add(Entry.file(path, bytes.length, MemoryHub.checksum(bytes))));
            return Listing.divide(entries, filter, Map.of());
        }

        @Override
        public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) throws IOException {
            int now = opened.getAndIncrement();
            if (now == scene.moveAt()) {
                current.set(scene.revisions().size() - 1);
            }
            if (now == scene.interruptAt()) {
                run.interrupt();
            }
            int revision = revision(pinned.pin());
            int number = Integer.parseInt(entry.path().substring(1));
            if (scene.forgets() && revision != current.get()) {
                throw new SyncException(FailureKind.NOT_FOUND, "the source has moved on");
            }
            switch (scene.revisions().get(revision).get(number)) {
                case REFUSED -> throw new SyncException(FailureKind.ACCESS, "no");
                case TROUBLE -> throw new IOException("not now");
                case VANISHES -> {
                    vanished.add(entry.path());
                    throw new SyncException(FailureKind.NOT_FOUND, "gone");
                }
                case LOST -> throw new SyncException(FailureKind.NOT_FOUND, "lost");
                case WRONG -> {
                    return new ByteArrayInputStream(new byte[(int) entry.size()]);
                }
                default -> {
                    return new ByteArrayInputStream(content(revision, number));
                }
            }
        }
    }

    @Property(tries = 400)
    void exitIsZeroIfAndOnlyIfAllIsThere(@ForAll("scenes") Scene scene) {
        assertTrueEnd(scene);
    }

    @Test
    void asManyFailuresAsVanishedEntriesHideNone() {
        List<Fate> fates = new ArrayList<>(Collections.nCopies(1050, Fate.VANISHES));
        fates.addAll(Collections.nCopies(100, Fate.REFUSED));

        SyncReport report = assertTrueEnd(new Scene(List.of(fates), NEVER, false, NEVER, false));

        SyncReport.Item item = report.items().get(0);
        assertEquals(Outcome.FAILED, item.outcome());
        assertEquals(new SyncReport.Entries(100, 0, 0, 100), item.entries());
    }

    private static SyncReport assertTrueEnd(Scene scene) {
        Stage stage = new Stage(scene);
        MemoryShelf shelf = new MemoryShelf();
        Map<String, String> there = new TreeMap<>();
        List<Fate> first = scene.revisions().get(0);
        for (int i = 0; i < first.size(); i++) {
            if (first.get(i) == Fate.THERE) {
                there.put("e" + i, new String(Stage.content(0, i), StandardCharsets.UTF_8));
            }
        }
        if (!there.isEmpty()) {
            shelf.publishedByAnother(NAME, "before", there);
        }
        if (scene.held()) {
            shelf.heldByAnother(NAME);
        }

        SyncReport report = Syncer.builder()
                .context(RunContext.of(SyncOptions.builder().retries(0).jobs(4).build()))
                .platforms(Platforms.builder()
                        .source("hub", stage)
                        .target("shelf", shelf)
                        .build())
                .build()
                .run(SyncPlan.of(
                        "flow", List.of(SyncItem.of(ArtifactRef.of("hub", NAME), ArtifactRef.of("shelf", NAME)))));
        boolean interrupted = Thread.interrupted();

        SyncReport.Item item = report.items().get(0);
        int revision = Stage.revision(item.revision().orElseThrow());
        Map<String, String> declared = texts(stage.declared(revision));
        boolean allThere = texts(shelf.files(NAME)).equals(declared);
        if (report.exit() == 0) {
            assertTrue(allThere, () -> "green, and not there: " + item);
            assertEquals(declared.size(), item.entries().same() + item.entries().copied());
        } else if (!interrupted && !scene.held()) {
            assertTrue(!allThere, () -> "red, and all is there: " + item);
        }
        assertEquals(
                report.exit() == 0, item.failures().isEmpty(), "who fails says why, and who does not says nothing");
        return report;
    }

    private static Map<String, String> texts(Map<String, byte[]> files) {
        Map<String, String> texts = new TreeMap<>();
        files.forEach((path, bytes) -> texts.put(path, new String(bytes, StandardCharsets.UTF_8)));
        return texts;
    }

    @Provide
    Arbitrary<Scene> scenes() {
        Arbitrary<Fate> mostlyWell = Arbitraries.frequencyOf(
                Tuple.of(12, Arbitraries.of(Fate.THERE, Fate.COMES)), Tuple.of(1, Arbitraries.of(Fate.values())));
        Arbitrary<Fate> benign = Arbitraries.of(Fate.THERE, Fate.COMES, Fate.VANISHES);
        Arbitrary<List<Fate>> fates = Arbitraries.frequencyOf(
                Tuple.of(8, mostlyWell.list().ofMaxSize(20)),
                Tuple.of(4, benign.list().ofMaxSize(20)),
                Tuple.of(4, Arbitraries.of(Fate.values()).list().ofMaxSize(40)),
                Tuple.of(1, mostlyWell.list().ofMinSize(1001).ofMaxSize(1200)));
        Arbitrary<Integer> moment = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(NEVER)),
                Tuple.of(2, Arbitraries.integers().between(0, 12)));
        return Combinators.combine(
                        fates.list().ofMinSize(1).ofMaxSize(2),
                        moment,
                        Arbitraries.of(true, false),
                        moment,
                        Arbitraries.frequency(Tuple.of(9, false), Tuple.of(1, true)))
                .as(Scene::new);
    }
}
