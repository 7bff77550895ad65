package io.synctools.faults;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.examples.Troubleshooting;
import io.synctools.faults.FaultCase.Scene;
import io.synctools.huggingface.HuggingFaceOptions;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncOptions;
import io.synctools.modelscope.ModelScopeOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.FaultHub;
import io.synctools.testing.HubRepo;
import io.synctools.testing.ReceivedRequest;
import io.synctools.testing.ReceivedRequest.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault on every hub, layout and way of fetching, under one rule: whatever happens, a file under its final name is
 * right, nothing is published that is not whole, the outcome is the table's, and when the fault has gone the next run
 * makes all well without anybody's help.
 */
@Execution(ExecutionMode.CONCURRENT)
class FaultSuiteTest {
    private static final String TOKEN = "hf_very-secret-token";

    /** Whom to trust where the hub speaks TLS. */
    @TempDir
    static Path trusted;

    @TempDir
    Path folder;

    @BeforeAll
    static void trust() throws IOException {
        Files.writeString(trusted.resolve("ca.pem"), FaultHub.certificate());
    }

    static Stream<Arguments> table() {
        return TransferFaults.cases().stream()
                .flatMap(fault -> Stream.of(MirrorRoute.values()).flatMap(route -> Stream.of(Victim.values())
                        .filter(victim -> fault.applies().test(route, victim))
                        .map(victim -> Arguments.of(fault.name(), route, victim, fault))));
    }

    @Test
    void theTableIsLongEnough() {
        assertTrue(table().count() >= 300, () -> table().count() + " cases");
    }

    @ParameterizedTest(name = "{0} | {1} | {2}")
    @MethodSource("table")
    void keepsTheRule(String name, MirrorRoute route, Victim victim, FaultCase fault) throws Exception {
        keepsTheRule(FaultHub.Line.PLAIN, name, route, victim, fault);
    }

    /** Over TLS in both versions: a sample, another part of it for each fault; all of them in the nightly profile. */
    static Stream<Arguments> overTls() {
        List<Arguments> all = table().flatMap(arguments -> Stream.of(FaultHub.Line.TLS, FaultHub.Line.HTTP_2)
                        .map(line -> Arguments.of(
                                line,
                                arguments.get()[0],
                                arguments.get()[1],
                                arguments.get()[2],
                                arguments.get()[3])))
                .toList();
        int step = Boolean.getBoolean("nightly") ? 1 : 7;
        return IntStream.range(0, all.size()).filter(i -> i % step == 0).mapToObj(all::get);
    }

    @ParameterizedTest(name = "{0} | {1} | {2} | {3}")
    @MethodSource("overTls")
    void keepsTheRuleOverTls(FaultHub.Line line, String name, MirrorRoute route, Victim victim, FaultCase fault)
            throws Exception {
        keepsTheRule(line, name, route, victim, fault);
    }

    private void keepsTheRule(FaultHub.Line line, String name, MirrorRoute route, Victim victim, FaultCase fault)
            throws Exception {
        HubRepo repo = victim.repository(route.repository(), 1);
        try (FaultHub hub = FaultHub.start(line)) {
            hub.put(repo);
            fault.strike().accept(hub, new Scene(route, victim, repo));

            SyncReport.Item item = run(hub, route);
            HubRepo now = fault.outcome() == Outcome.COPIED ? hub.repository(route.repository()) : repo;

            String told = name + " | " + route + " | " + victim + ": " + item.outcome() + " " + item.failures();
            assertEquals(fault.outcome(), item.outcome(), told);
            assertTrue(fault.outcome() == Outcome.COPIED || kindIsExpected(item, fault), told);
            assertEquals(List.of(), Troubleshooting.unexplained(item), "docs/troubleshooting.md does not show it");
            holdsTheRule(route, now, item.outcome());
            keepsSecrets(hub, item);
            boolean gaveUp = item.outcome() == Outcome.FAILED || now != repo;
            // What ends a connection of HTTP/2 ends questions that were on it and that nobody read.
            countsRequests(hub, item, (gaveUp ? 4 : 0) + (line == FaultHub.Line.HTTP_2 ? 4 : 0), told);

            countsBytes(hub, item, told);

            hub.heal();
            hub.put(now);
            SyncReport.Item after = run(hub, route);
            Outcome expected = item.outcome() == Outcome.COPIED ? Outcome.UP_TO_DATE : Outcome.COPIED;
            assertEquals(expected, after.outcome(), () -> "when the fault has gone: " + after + ", before: " + told);
            holdsTheRule(route, now, after.outcome());
        }
    }

    static Stream<Arguments> fatalForUpdates() {
        Set<String> some = Set.of(
                "503 for ever",
                "CLOSE before headers for ever",
                "another total for ever",
                "one wrong byte for ever",
                "404 for a file",
                "listing: cut for ever",
                "page two: 503 for ever",
                "the file became shorter",
                "hostile: ../x");
        return table().filter(arguments -> some.contains(arguments.get()[0]));
    }

    @ParameterizedTest(name = "{0} | {1} | {2}")
    @MethodSource("fatalForUpdates")
    void anUpdateThatFailsLeavesTheOldSnapshotWhole(String name, MirrorRoute route, Victim victim, FaultCase fault)
            throws Exception {
        HubRepo old = victim.repository(route.repository(), 1);
        HubRepo repo = victim.repository(route.repository(), 2).with("new.txt", "new");
        try (FaultHub hub = FaultHub.start()) {
            hub.put(old);
            assertEquals(Outcome.COPIED, run(hub, route).outcome());
            hub.put(repo);
            fault.strike().accept(hub, new Scene(route, victim, repo));

            SyncReport.Item item = run(hub, route);

            String told = name + " | " + route + " | " + victim + ": " + item;
            assertEquals(Outcome.FAILED, item.outcome(), told);
            showsExactly(route, old, told);

            hub.heal();
            hub.put(repo);
            assertEquals(Outcome.COPIED, run(hub, route).outcome(), told);
            assertArrayEquals(
                    repo.content(victim.path), route.visible(root(), repo).get(victim.path), told);
            assertTrue(route.refIsRight(root(), repo), told);
        }
    }

    private void showsExactly(MirrorRoute route, HubRepo repo, String told) throws IOException {
        Map<String, byte[]> visible = route.visible(root());
        assertEquals(repo.files().keySet(), visible.keySet(), told);
        visible.forEach((path, bytes) -> assertArrayEquals(repo.content(path), bytes, path + ": " + told));
        assertTrue(route.refIsRight(root(), repo), told);
    }

    private SyncReport.Item run(FaultHub hub, MirrorRoute route) {
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(Map.of(
                        "HOME", folder.resolve("home").toString(),
                        "SSL_CERT_FILE", trusted.resolve("ca.pem").toString(),
                        "MODELSCOPE_ENDPOINT", hub.url(),
                        "MODELSCOPE_API_TOKEN", TOKEN,
                        "HF_ENDPOINT", hub.url(),
                        "HF_TOKEN", TOKEN))
                .set(ModelScopeOptions.CACHE, root())
                .set(HuggingFaceOptions.CACHE, root())
                .set(HuggingFaceOptions.LOCAL_ROOT, root())
                .connections(4)
                .jobs(4)
                .partSize(Victim.PART)
                .stall(Duration.ofSeconds(3))
                .retries(3)
                .retryFor(Duration.ofSeconds(20))
                .build());
        return Syncer.builder()
                .context(context)
                .build()
                .run(route.plan())
                .items()
                .get(0);
    }

    private Path root() {
        return folder.resolve("deep/root");
    }

    private static boolean kindIsExpected(SyncReport.Item item, FaultCase fault) {
        return !item.failures().isEmpty()
                && item.failures().stream()
                        .map(SyncReport.Failure::kind)
                        .allMatch(kind -> fault.kinds().contains(kind) && kind != FailureKind.OTHER);
    }

    private void holdsTheRule(MirrorRoute route, HubRepo repo, Outcome outcome) throws IOException {
        Map<String, byte[]> visible = route.visible(root());
        visible.forEach((path, bytes) -> assertArrayEquals(repo.content(path), bytes, path + " is wrong"));
        for (Map.Entry<String, byte[]> blob : route.blobs(root()).entrySet()) {
            HubRepo.File file = new HubRepo.File(blob.getValue(), blob.getValue(), false);
            assertTrue(
                    blob.getKey().equals(file.sha256()) || blob.getKey().equals(file.blob()),
                    "blob " + blob.getKey() + " is wrong");
        }
        if (outcome == Outcome.FAILED) {
            assertFalse(route.isPublished(root()), "published although it failed");
            assertTrue(route.isLocalDir() || visible.isEmpty(), () -> "visible: " + visible.keySet());
        } else {
            assertEquals(repo.files().keySet(), visible.keySet());
            assertTrue(route.refIsRight(root(), repo), "the ref is wrong");
        }
        assertEquals(Files.exists(root()) ? "deep/root" : "", below(folder), "nothing outside the root");
    }

    /** Everything beside the root: the two folders above it, and nothing else. */
    private String below(Path parent) throws IOException {
        try (Stream<Path> walk = Files.walk(parent)) {
            return walk.filter(path -> !path.startsWith(root()) || path.equals(root()))
                    .filter(path -> !path.equals(parent) && !path.equals(root().getParent()))
                    .map(path -> parent.relativize(path).toString())
                    .sorted()
                    .collect(Collectors.joining(" "));
        }
    }

    /** Exactly; but of requests that were under way when an attempt was given up the hub may not have heard. */
    private static void countsRequests(FaultHub hub, SyncReport.Item item, int unheard, String told) {
        int heard = hub.requests().size();
        assertTrue(item.requests() >= heard, told);
        assertTrue(item.requests() <= heard + unheard, told);
    }

    /** Nothing is counted that was not sent; and what is there in the end came over the network. */
    private static void countsBytes(FaultHub hub, SyncReport.Item item, String told) {
        SyncReport.Bytes bytes = item.bytes().orElseThrow();
        // A compressed body counts as what it holds.
        assertTrue(bytes.transferred() <= hub.bytesSent() || told.contains("compressed"), told + bytes);
        assertTrue(item.outcome() == Outcome.FAILED || bytes.transferred() >= bytes.total(), told + bytes);
    }

    private static void keepsSecrets(FaultHub hub, SyncReport.Item item) {
        for (ReceivedRequest request : hub.requests()) {
            assertFalse(request.origin() == Origin.STORAGE && request.hasCredentials(), () -> "token sent: " + request);
        }
        String told = item.toString();
        assertFalse(told.contains(TOKEN) || told.contains("geheim"), told);
    }
}
