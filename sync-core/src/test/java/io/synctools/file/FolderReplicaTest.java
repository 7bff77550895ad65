package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.Place;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.Walk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FolderReplicaTest {
    private final ScriptedSource source = new ScriptedSource();

    @TempDir
    Path root;

    /** A layout with one index file, which names the revision and must therefore never be ahead of the files. */
    private final FolderLayout layout = new FolderLayout() {
        @Override
        public Path folder() {
            return root.resolve("models/o/n");
        }

        @Override
        public Path state() {
            return root.resolve("models/.sync-tools/o/n");
        }

        @Override
        public Set<String> reserved() {
            return Set.of(".index");
        }

        @Override
        public String writeIndex(ArtifactRef pinned, Listing listing, Path stage) throws IOException {
            Files.writeString(stage.resolve(".index"), pinned.pin());
            return "";
        }
    };

    private static ArtifactRef revision(String pin) {
        return ArtifactRef.of("test", "models/o/n").pinned("main", pin);
    }

    private static RunContext newRun() {
        return RunContext.of(SyncOptions.builder().partSize(100000).build());
    }

    /** What the engine does with one item. */
    private void sync(RunContext context, String pin, List<Entry> entries) throws Exception {
        try (Walk walk = walk(context, pin, entries)) {
            walk.mirror();
        }
    }

    private Walk walk(RunContext context, String pin, List<Entry> entries) throws IOException {
        return walk(context, pin, entries, NameFilter.ALL);
    }

    private Walk walk(RunContext context, String pin, List<Entry> entries, NameFilter filter) throws IOException {
        SyncItem item = new SyncItem(
                ArtifactRef.of("test", "models/o/n"), ArtifactRef.of("test", "models/o/n"), filter, Place.NONE);
        return walk(context, item, revision(pin), entries);
    }

    private Walk walk(RunContext context, SyncItem item, ArtifactRef pinned, List<Entry> entries) throws IOException {
        FolderReplica replica = FolderReplica.open(context, layout, source, item, note -> {});
        return new Walk(replica, pinned, new Listing(entries, List.of(), Map.of()));
    }

    private Map<String, String> visible() throws IOException {
        Map<String, String> files = new TreeMap<>();
        if (Files.exists(layout.folder())) {
            for (Path file : Workspace.filesBelow(layout.folder())) {
                files.put(
                        file.toString(), Files.readString(layout.folder().resolve(file), StandardCharsets.ISO_8859_1));
            }
        }
        return files;
    }

    private Map<String, String> expected(String pin, List<Entry> entries) {
        Map<String, String> files = new TreeMap<>();
        for (Entry entry : entries) {
            files.put(entry.path(), new String(source.files.get(entry.path()), StandardCharsets.ISO_8859_1));
        }
        files.put(".index", pin);
        return files;
    }

    private List<Entry> first() {
        return List.of(
                source.put("config.json", "one".getBytes(StandardCharsets.UTF_8)),
                source.put("a/b/large.bin", 350_000, 1),
                source.put("a/same.bin", 1000, 2),
                source.put("empty", new byte[0]));
    }

    private List<Entry> second() {
        return List.of(
                source.put("config.json", "two".getBytes(StandardCharsets.UTF_8)),
                source.put("a/b/large.bin", 360_000, 3),
                source.put("a/same.bin", 1000, 2),
                source.put("new/file.bin", 500, 4),
                source.put("empty", new byte[0]));
    }

    @Test
    void aNewFolderAppearsWholeAndASecondRunHasNothingToDo() throws Exception {
        List<Entry> entries = first();
        sync(newRun(), "r1", entries);
        assertEquals(expected("r1", entries), visible());
        long sent = source.sent.get();
        sync(newRun(), "r1", entries);
        assertEquals(sent, source.sent.get());
        try (var left = Files.list(layout.state())) {
            assertEquals(
                    List.of("proof.json"),
                    left.map(p -> p.getFileName().toString()).toList());
        }
    }

    @Test
    void anUpdateFetchesWhatChangedAndKeepsWhatTheHubDropped() throws Exception {
        sync(newRun(), "r1", first());
        Files.writeString(layout.folder().resolve("gone-from-hub.txt"), "kept");
        source.sent.set(0);
        List<Entry> entries = second();
        sync(newRun(), "r2", entries);
        Map<String, String> wanted = expected("r2", entries);
        wanted.put("gone-from-hub.txt", "kept");
        assertEquals(wanted, visible());
        assertEquals(3 + 360_000 + 500, source.sent.get());
    }

    @Test
    void whatSomebodyElseFetchedIsAdoptedAfterHashing() throws Exception {
        List<Entry> entries = first();
        for (Entry entry : entries) {
            Path file = layout.folder().resolve(entry.path());
            Files.createDirectories(file.getParent());
            Files.write(file, source.files.get(entry.path()));
        }
        byte[] damaged = source.files.get("a/same.bin").clone();
        damaged[500] ^= 1;
        Files.write(layout.folder().resolve("a/same.bin"), damaged);
        sync(newRun(), "r1", entries);
        assertEquals(expected("r1", entries), visible());
        assertEquals(1000, source.sent.get(), "only the damaged file is fetched");
    }

    @Test
    void verifyRepairsExactlyTheDamagedFile() throws Exception {
        List<Entry> entries = first();
        sync(newRun(), "r1", entries);
        byte[] damaged = source.files.get("a/b/large.bin").clone();
        damaged[300_000] ^= 1;
        Files.write(layout.folder().resolve("a/b/large.bin"), damaged);
        Files.delete(layout.folder().resolve("empty"));
        source.sent.set(0);
        sync(newRun(), "r1", entries);
        assertEquals(0, source.sent.get(), "the proof is trusted");
        sync(RunContext.of(newRun().options().toBuilder().verify(true).build()), "r1", entries);
        assertEquals(350_000, source.sent.get());
        assertEquals(expected("r1", entries), visible());
    }

    @Test
    void aDeletedFolderIsNoticedWithoutVerify() throws Exception {
        List<Entry> entries = first();
        sync(newRun(), "r1", entries);
        new Disk().deleteTree(layout.folder());
        sync(newRun(), "r1", entries);
        assertEquals(expected("r1", entries), visible());
    }

    @Test
    void anotherFilterIsNotHeldByTheSameProof() throws Exception {
        List<Entry> entries = first();
        sync(newRun(), "r1", entries);
        NameFilter other = new NameFilter() {
            @Override
            public boolean accepts(String name) {
                return true;
            }

            @Override
            public String text() {
                return "other";
            }
        };
        assertFalse(walk(newRun(), "r1", entries, other).published().isPresent());
    }

    @Test
    void openingAndCheckingWriteNothing() throws Exception {
        List<Entry> entries = first();
        Walk walk = walk(newRun(), "r1", entries);
        assertFalse(walk.published().isPresent());
        assertEquals(entries, walk.look());
        try (var left = Files.list(root)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void unsafeNamesAreRefusedBeforeAnythingIsWritten() throws Exception {
        List<Entry> entries = List.of(source.put("good", 10, 1), source.put(".index", 10, 1));
        SyncException e = assertThrows(SyncException.class, () -> sync(newRun(), "r1", entries));
        assertEquals(FailureKind.UNSAFE_NAME, e.kind());
        try (var left = Files.list(root)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void aFolderInTheWayIsNamedAndNothingIsFetched() throws Exception {
        Files.createDirectories(layout.folder().resolve("config.json/x"));
        SyncException e = assertThrows(SyncException.class, () -> sync(newRun(), "r1", first()));
        assertEquals(FailureKind.DISK, e.kind());
        assertTrue(e.getMessage().contains("config.json"), e.getMessage());
        assertEquals(0, source.sent.get());
    }

    @Test
    void aFormerHolderCannotStageOrPublishOnceItsWorkspaceWasTakenOver() throws Exception {
        List<Entry> entries = first();
        Walk paused = walk(newRun(), "r1", entries);
        paused.claim();
        paused.compare().session().reserve(entries);
        paused.session().pull(entries.get(0), bytes -> {});
        Files.delete(FolderReplica.leaseIn(layout.state())); // as if a minute had passed and somebody had taken it
        sync(newRun(), "r1", entries);
        assertThrows(Exception.class, () -> paused.session().pull(entries.get(1), bytes -> {}));
        assertThrows(SyncException.class, paused::publish);
        paused.close();
        assertEquals(expected("r1", entries), visible());
    }

    @Test
    void aFormerHolderThatWakesBeforeItBeganLeavesTheWorkspaceOfItsSuccessorAlone() throws Exception {
        List<Entry> entries = first();
        Walk paused = walk(newRun(), "r1", entries);
        paused.claim();
        Files.delete(FolderReplica.leaseIn(layout.state())); // as if a minute had passed and somebody had taken it
        try (Walk successor = walk(newRun(), "r1", entries)) {
            successor.claim();
            successor.compare().session().reserve(entries);
            successor.session().pull(entries.get(0), bytes -> {});

            assertThrows(HeldByAnotherException.class, paused::compare);
            paused.close();

            for (Entry entry : entries) {
                successor.session().pull(entry, bytes -> {});
            }
            successor.publish();
        }
        assertEquals(expected("r1", entries), visible());
    }

    /** Stops everything at one of its operations, like a process that is killed there. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Fails one operation of a publication and works again after that, as a network disk does. */
    private static final class HiccupDisk extends Disk {
        private int left = Integer.MAX_VALUE;

        private void step() throws IOException {
            if (left-- == 0) {
                throw new IOException("Stale file handle");
            }
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            super.rename(from, to);
            step();
        }

        @Override
        public void syncFolder(Path folder) throws IOException {
            step();
            super.syncFolder(folder);
        }

        @Override
        public boolean delete(Path path) throws IOException {
            step();
            return super.delete(path);
        }
    }

    /** The engine tries a publication again after an I/O error; it must then go on from wherever the first one ended. */
    @Test
    void aPublicationMayBeTriedAgainAfterAnyOfItsSteps() throws Exception {
        boolean failed = true;
        for (int operations = 0; failed; operations++) {
            new Disk().deleteTree(root.resolve("models"));
            sync(newRun(), "r1", first());
            failed = publishWithHiccup("r2", second(), operations);
            assertEquals("r2", visible().get(".index"), "failed at operation " + operations);
            new Disk().deleteTree(layout.folder());
            new Disk().deleteTree(layout.state());
            failed |= publishWithHiccup("r1", first(), operations);
            assertEquals(expected("r1", first()), visible(), "new folder, failed at operation " + operations);
            assertTrue(operations < 200, "never came to an end");
        }
    }

    private boolean publishWithHiccup(String pin, List<Entry> entries, int operations) throws Exception {
        HiccupDisk disk = new HiccupDisk();
        RunContext context = newRun();
        context.shared(Disk.class, s -> disk);
        boolean failed = false;
        try (Walk walk = walk(context, pin, entries)) {
            walk.claim();
            walk.compare().pull(bytes -> {});
            disk.left = operations;
            try {
                walk.publish();
            } catch (IOException e) {
                failed = true;
                walk.publish();
            }
            disk.left = Integer.MAX_VALUE;
            assertTrue(walk(newRun(), pin, entries).published().isPresent(), "failed at operation " + operations);
        }
        return failed;
    }

    private static final class CrashingDisk extends Disk {
        private final AtomicInteger left;
        private final boolean after;

        CrashingDisk(int operations, boolean after) {
            this.left = new AtomicInteger(operations);
            this.after = after;
        }

        private void step(Operation operation) throws IOException {
            int now = left.decrementAndGet();
            if (now < 0 || (now == 0 && !after)) {
                throw new Crash();
            }
            operation.run();
            if (now == 0) {
                throw new Crash();
            }
        }

        private interface Operation {
            void run() throws IOException;
        }

        @Override
        public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
            step(() -> super.write(channel, bytes, position));
        }

        @Override
        public void sync(FileChannel channel) throws IOException {
            step(() -> super.sync(channel));
        }

        @Override
        public void syncFolder(Path folder) throws IOException {
            step(() -> super.syncFolder(folder));
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            step(() -> super.rename(from, to));
        }

        @Override
        public boolean delete(Path path) throws IOException {
            step(() -> super.delete(path));
            return true;
        }
    }

    @Test
    void aCrashAtAnyOperationOfANewRepositoryShowsNothingOrAll() throws Exception {
        List<Entry> entries = first();
        Map<String, String> whole = expected("r1", entries);
        crashEverywhere(
                () -> {},
                context -> sync(context, "r1", entries),
                () -> assertTrue(visible().isEmpty() || visible().equals(whole), () -> "half a snapshot is visible"));
        assertEquals(whole, visible());
    }

    @Test
    void aCrashAtAnyOperationOfAnUpdateIsFinishedByTheNextRunWithoutTheHub() throws Exception {
        crashEverywhereInAnUpdate(this::second);
    }

    /** An update from {@code first()}, with a crash at each of its operations. */
    private void crashEverywhereInAnUpdate(Supplier<List<Entry>> update) throws Exception {
        List<Entry> before = first();
        Map<String, String> old = expected("r1", before);
        List<Entry> after = update.get();
        Map<String, String> whole = expected("r2", after);
        crashEverywhere(
                () -> {
                    new Disk().deleteTree(root.resolve("models"));
                    first();
                    sync(newRun(), "r1", before);
                    update.get();
                },
                context -> sync(context, "r2", after),
                () -> {
                    Map<String, String> now = visible();
                    if (Workspace.decided(layout.state()).isEmpty()) {
                        assertTrue(now.equals(old) || now.equals(whole), "neither old nor new, and nobody finishes it");
                        return;
                    }
                    now.forEach((path, content) -> assertTrue(
                            content.equals(old.get(path)) || content.equals(whole.get(path)), path + " is neither"));
                    assertTrue(now.get(".index").equals("r1") || now.equals(whole), "the index is ahead of the files");
                    try (Walk recovering = walk(newRun(), "r2", after)) {
                        recovering.claim(); // no network takes part
                    }
                    assertEquals(whole, visible());
                });
        assertEquals(whole, visible());
    }

    private interface Step {
        void run() throws Exception;
    }

    private interface Run {
        void with(RunContext context) throws Exception;
    }

    /** Crashes at the first operation, the second, and so on, each time followed by a run that ends well. */
    private void crashEverywhere(Step prepare, Run run, Step inspect) throws Exception {
        int crashes = 0;
        for (int operations = 1; ; operations++) {
            for (boolean after : new boolean[] {false, true}) {
                new Disk().deleteTree(root.resolve("models"));
                prepare.run();
                RunContext doomed = newRun();
                CrashingDisk disk = new CrashingDisk(operations, after);
                doomed.shared(Disk.class, s -> disk);
                try {
                    run.with(doomed);
                    assertTrue(crashes > 20, "only " + crashes + " operations were seen");
                    return;
                } catch (Crash e) {
                    crashes++;
                }
                inspect.run();
                run.with(newRun());
            }
        }
    }

    @Test
    void bytesStagedBeforeACrashAreNotFetchedAgain() throws Exception {
        List<Entry> entries = first();
        Walk killed = walk(newRun(), "r1", entries);
        killed.claim();
        killed.compare().session().reserve(entries);
        killed.session().pull(entries.get(1), bytes -> {});
        killed.close();
        sync(newRun(), "r1", entries);
        assertEquals(expected("r1", entries), visible());
        assertEquals(entries.stream().mapToLong(Entry::size).sum(), source.sent.get());
    }

    @Test
    void whatWasStagedForARevisionThatTheHubLeftIsNotPublished() throws Exception {
        List<Entry> entries = first();
        Walk killed = walk(newRun(), "r1", entries);
        killed.claim();
        killed.compare().pull(bytes -> {});
        killed.close();
        List<Entry> later = new ArrayList<>(second());
        later.removeIf(entry -> entry.path().equals("empty"));
        sync(newRun(), "r2", later);
        assertEquals(expected("r2", later), visible());
    }

    @Test
    void aThousandFilesBelowManyFoldersComeAndGoTogether() throws Exception {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            entries.add(source.put("d" + i % 37 + "/f" + i, Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
        }
        sync(newRun(), "r1", entries);
        assertEquals(expected("r1", entries), visible());
    }

    /** What {@link #first} has below {@code a} becomes one file, and its {@code config.json} a folder. */
    private List<Entry> reversed() {
        return List.of(
                source.put("a", 700, 5),
                source.put("config.json/main.json", "three".getBytes(StandardCharsets.UTF_8)),
                source.put("empty", new byte[0]));
    }

    @Test
    void aFolderThatBecameAFileAndTheReverseGiveWayAlsoIfTheRunDiesAtAnyOperation() throws Exception {
        crashEverywhereInAnUpdate(this::reversed);
        try (var left = Files.list(layout.state())) {
            assertEquals(
                    List.of("proof.json"),
                    left.map(p -> p.getFileName().toString()).toList());
        }
    }

    @Test
    void whatSomebodyElsePutWhereAFileComesStays() throws Exception {
        List<Entry> before = first();
        sync(newRun(), "r1", before);
        Files.writeString(layout.folder().resolve("a/b/notes.txt"), "mine");
        Map<String, String> old = visible();
        List<Entry> after = reversed();
        SyncException foreseen = assertThrows(
                SyncException.class, () -> walk(newRun(), "r2", after).look());
        SyncException refused = assertThrows(SyncException.class, () -> sync(newRun(), "r2", after));
        for (SyncException one : List.of(foreseen, refused)) {
            assertEquals(FailureKind.DISK, one.kind());
            assertTrue(one.getMessage().contains("a/b/notes.txt"), one.getMessage());
        }
        assertEquals(old, visible());
        Files.delete(layout.folder().resolve("a/b/notes.txt"));
        sync(newRun(), "r2", after);
        assertEquals(expected("r2", after), visible());
    }

    @Test
    void aLinkThatSomebodyPutInTheFoldersPlaceStaysToo() throws Exception {
        sync(newRun(), "r1", first());
        Path elsewhere = root.resolve("elsewhere");
        Files.move(layout.folder().resolve("a"), elsewhere);
        Files.createSymbolicLink(layout.folder().resolve("a"), elsewhere);
        List<Entry> after = reversed();
        assertThrows(SyncException.class, () -> sync(newRun(), "r2", after));
        assertTrue(Files.exists(elsewhere.resolve("same.bin")));
    }

    @Test
    void whatWasStagedBeforeTheFolderBecameAFileIsNotInItsWay() throws Exception {
        List<Entry> entries = first();
        try (Walk dead = walk(newRun(), "r1", entries)) {
            dead.claim();
            dead.compare().pull(bytes -> {});
        }
        List<Entry> after = reversed();
        sync(newRun(), "r2", after);
        assertEquals(expected("r2", after), visible());
    }

    /** What a list of a flow declares for the place, as {@code list flow revision}. */
    private Walk declared(RunContext context, String text, String pin, List<Entry> entries) throws IOException {
        String[] words = text.split(" ");
        SyncItem item = new SyncItem(
                ArtifactRef.of("test", "models/o/n", words[2]),
                ArtifactRef.of("test", "models/o/n"),
                NameFilter.ALL,
                new Place("lists/" + words[0], 3, 5),
                words[1]);
        return walk(context, item, ArtifactRef.of("test", "models/o/n").pinned(words[2], pin), entries);
    }

    private void sync(RunContext context, String text, String pin, List<Entry> entries) throws Exception {
        try (Walk walk = declared(context, text, pin, entries)) {
            walk.mirror();
        }
    }

    @Test
    void twoListsThatDeclareDifferentRevisionsForOnePlaceDoNotReplaceEachOther() throws Exception {
        List<Entry> one = first();
        sync(newRun(), "one.json flow main", "r1", one);
        Map<String, String> before = visible();
        List<Entry> two = second();
        for (String other : List.of("two.json flow v2", "one.json other v2")) {
            SyncException refused = assertThrows(SyncException.class, () -> sync(newRun(), other, "r2", two), other);
            assertEquals(FailureKind.INCOMPATIBLE, refused.kind());
            for (String named : List.of("one.json (flow)", "@main", other.split(" ")[0], "@v2", "option \"replace\"")) {
                assertTrue(refused.getMessage().contains(named), refused.getMessage());
            }
            SyncException foreseen = assertThrows(SyncException.class, () -> declared(newRun(), other, "r2", two)
                    .look());
            assertEquals(refused.getMessage(), foreseen.getMessage());
            assertTrue(
                    declared(newRun(), other, "r1", one).published().isEmpty(),
                    "also while both revisions mean the same");
        }
        assertEquals(before, visible());
        sync(RunContext.of(newRun().options().toBuilder().replace(true).build()), "two.json flow v2", "r2", two);
        assertEquals(expected("r2", two), visible());
        assertThrows(SyncException.class, () -> sync(newRun(), "one.json flow main", "r3", two));
    }

    @Test
    void aListMayChangeItsMindAndTwoMayDeclareTheSame() throws Exception {
        sync(newRun(), "one.json flow main", "r1", first());
        sync(newRun(), "two.json flow main", "r2", second());
        List<Entry> last = second();
        sync(newRun(), "two.json flow v2", "r3", last);
        assertEquals(expected("r3", last), visible());
    }

    @Test
    void whatNoListIsKnownToHaveDeclaredIsTakenOver() throws Exception {
        sync(newRun(), "r1", first());
        sync(newRun(), "two.json flow v2", "r2", second());
        assertEquals(expected("r2", second()), visible());
    }

    @Test
    void whatADeadRunHadDecidedForAnotherListIsFinishedAndThenStands() throws Exception {
        sync(newRun(), "one.json flow main", "r1", first());
        List<Entry> two = second();
        try (Walk dead = declared(newRun(), "one.json flow main", "r2", two)) {
            dead.claim();
            dead.compare().pull(bytes -> {});
            Workspace work = Workspace.in(layout.state()).get(0);
            Proof.of(revision("r2"), declaredItem("one.json", "flow"), two, "")
                    .write(new Disk(), work.decision(), work.folder(), two);
        }
        assertThrows(SyncException.class, () -> sync(newRun(), "two.json flow v3", "r3", first()));
        assertEquals("two", visible().get("config.json"));
    }

    private static SyncItem declaredItem(String list, String flow) {
        ArtifactRef ref = ArtifactRef.of("test", "models/o/n");
        return new SyncItem(ref, ref, NameFilter.ALL, new Place(list, 1, 1), flow);
    }
}
