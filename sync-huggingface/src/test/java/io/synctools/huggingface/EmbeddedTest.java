package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.SyncListener;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.testing.Fault;
import io.synctools.testing.FaultHub;
import io.synctools.testing.HubRepo;
import io.synctools.testing.ReceivedRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a program hands in, and what it hears. */
@Timeout(60)
class EmbeddedTest {
    private static final String TOKEN = "hf_secretsecret";

    @TempDir
    Path folder;

    private FaultHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = FaultHub.start();
        hub.put(HubRepo.of("models/o/n").with("config.json", "{}").withLfs("model.bin", new byte[100_000]));
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
    }

    private SyncOptions options() {
        return SyncOptions.builder()
                .environment(Map.of("HF_ENDPOINT", hub.url(), "HF_TOKEN", TOKEN, "HF_HUB_CACHE", folder.toString()))
                .build();
    }

    private static SyncPlan plan() {
        return SyncPlan.of(
                "embedded",
                List.of(SyncItem.of(
                        ArtifactRef.of("huggingface", "models/o/n"),
                        ArtifactRef.of("huggingface-cache", "models/o/n"))));
    }

    /** Keeps what it hears; called one at a time. */
    private static final class Heard implements SyncListener {
        private final List<Request> requests = new ArrayList<>();
        private final List<Retry> retries = new ArrayList<>();
        private final Map<String, Duration> pauses = new ConcurrentHashMap<>();
        private final Set<SyncItem> items = ConcurrentHashMap.newKeySet();

        @Override
        public void requested(SyncItem item, Request request) {
            items.add(item);
            requests.add(request);
        }

        @Override
        public void retried(SyncItem item, Retry retry) {
            retries.add(retry);
        }

        @Override
        public void paused(SyncItem item, String host, Duration pause) {
            pauses.put(host, pause);
        }
    }

    private static String authority(String url) {
        return url.substring("http://".length());
    }

    @Test
    void eachRequestIsHeardRedirectsTooAndNoneOfAnotherRun() throws Exception {
        Heard heard = new Heard();
        Heard other = new Heard();
        SyncReport report;
        try (Syncer syncer = Syncer.builder().options(options()).build()) {
            report = syncer.start(plan(), heard).report().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertEquals(
                    0,
                    syncer.start(plan(), other)
                            .report()
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS)
                            .exit());
        }

        assertEquals(0, report.exit(), report.toJson());
        assertEquals(report.items().get(0).requests(), heard.requests.size());
        assertEquals(hub.requests().size(), heard.requests.size() + other.requests.size());
        assertEquals(1, other.requests.size(), "what is there costs one request");
        assertEquals(Set.copyOf(plan().items()), heard.items);
        SyncListener.Request redirected = heard.requests.stream()
                .filter(request -> request.status().orElse(0) == 302)
                .findFirst()
                .orElseThrow();
        assertEquals(authority(hub.url()), redirected.host());
        SyncListener.Request stored = heard.requests.stream()
                .filter(request -> request.host().equals(authority(hub.storageUrl())))
                .findFirst()
                .orElseThrow();
        assertEquals("GET", stored.method());
        assertEquals(200, stored.status().orElseThrow());
        assertEquals(100_000, stored.bytes());
        assertTrue(stored.time().toNanos() > 0);
        assertFalse(stored.path().contains("?"), stored.path());
        assertFalse(heard.requests.toString().contains(TOKEN), heard.requests.toString());
    }

    @Test
    void triesAndPausesAreHeard() {
        hub.inject(FaultHub.bytesOf("model.bin"), FaultHub.first(1), Fault.status(429, "Retry-After", "1"));
        Heard heard = new Heard();
        try (Syncer syncer = Syncer.builder().options(options()).listener(heard).build()) {
            SyncReport report = syncer.run(plan());
            assertEquals(0, report.exit(), report.toJson());
        }

        assertEquals(1, heard.retries.size(), heard.retries.toString());
        SyncListener.Retry retry = heard.retries.get(0);
        assertEquals(1, retry.failures());
        assertTrue(retry.what().contains("o/n"), retry.what());
        assertTrue(retry.reason().contains("status 429"), retry.reason());
        assertEquals(Map.of(authority(hub.storageUrl()), Duration.ofSeconds(1)), heard.pauses);
    }

    @Test
    void aRequestWithoutAnAnswerIsHeardWithoutAStatus() throws IOException {
        Heard heard = new Heard();
        SyncOptions options = options().toBuilder().retries(0).build();
        try (Syncer syncer = Syncer.builder().options(options).listener(heard).build()) {
            hub.close();
            assertEquals(1, syncer.run(plan()).exit());
        }
        assertEquals(1, heard.requests.size(), heard.requests.toString());
        assertTrue(heard.requests.get(0).status().isEmpty());
    }

    @Test
    void aHeaderGoesToItsHostAlone() {
        String here = authority(hub.url());
        try (Syncer syncer = Syncer.builder()
                .options(options())
                .header(here, "X-Team", "blue")
                .header(here, "authorization", "Bearer ours")
                .build()) {
            assertEquals(0, syncer.run(plan()).exit());
        }
        for (ReceivedRequest request : hub.requests()) {
            boolean isHub = request.origin() == ReceivedRequest.Origin.HUB;
            assertEquals(isHub ? Optional.of("blue") : Optional.empty(), request.header("X-Team"), request.toString());
            assertEquals(
                    isHub ? Optional.of("Bearer ours") : Optional.empty(),
                    request.header("Authorization"),
                    "in place of the environment's");
        }
        assertTrue(hub.requests().stream().anyMatch(request -> request.origin() == ReceivedRequest.Origin.STORAGE));
    }

    @Test
    void itsOwnHeadersAreToldToAHostThatAnotherRedirectsTo() {
        try (Syncer syncer = Syncer.builder()
                .options(options())
                .header(authority(hub.storageUrl()), "X-Store", "green")
                .build()) {
            assertEquals(0, syncer.run(plan()).exit());
        }
        for (ReceivedRequest request : hub.requests()) {
            assertEquals(
                    request.origin() == ReceivedRequest.Origin.STORAGE,
                    request.header("X-Store").isPresent());
        }
    }

    @Test
    void everyThreadIsTheProgramsAndTheClockToo() throws Exception {
        Instant then = Instant.parse("2031-01-01T00:00:00Z");
        ThreadGroup program = new ThreadGroup("the program and all that is made without its factory");
        ThreadGroup factory = new ThreadGroup("the factory");
        Set<String> strangers = ConcurrentHashMap.newKeySet();
        Set<Thread> made = ConcurrentHashMap.newKeySet();
        FutureTask<SyncReport> run = new FutureTask<>(() -> {
            try (Syncer syncer = Syncer.builder()
                    .options(options())
                    .clock(Clock.fixed(then, ZoneOffset.UTC))
                    .threads(work -> {
                        Thread thread = new Thread(factory, work, "mine");
                        thread.setDaemon(true);
                        made.add(thread);
                        return thread;
                    })
                    .listener(new SyncListener() {
                        @Override
                        public void requested(SyncItem item, Request request) {
                            strangers.addAll(libraryThreads(program));
                        }
                    })
                    .build()) {
                assertEquals(
                        0,
                        syncer.start(plan(), SyncListener.NONE)
                                .report()
                                .toCompletableFuture()
                                .get()
                                .exit());
                hub.put(HubRepo.of("models/o/n").with("config.json", "{ }"));
                return syncer.run(plan());
            }
        });
        new Thread(program, run, "program").start();

        SyncReport report = run.get(50, TimeUnit.SECONDS);

        assertEquals(0, report.exit(), report.toJson());
        assertEquals(then, report.started());
        assertTrue(made.size() > 2, made.toString());
        assertEquals(Set.of(), strangers);
    }

    private static Set<String> libraryThreads(ThreadGroup group) {
        Thread[] all = new Thread[group.activeCount() + 100];
        int count = group.enumerate(all);
        return Stream.of(all)
                .limit(count)
                .map(Thread::getName)
                .filter(name -> name.startsWith("sync-"))
                .collect(Collectors.toSet());
    }

    @Test
    void aFactoryThatMakesNoThreadIsSaidAndNothingHangs() {
        try (Syncer syncer =
                Syncer.builder().options(options()).threads(work -> null).build()) {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> syncer.run(plan()));
            assertTrue(e.getMessage().contains("made no thread"), e.getMessage());
        }
    }

    @Test
    void whatIsGivenTwiceIsRefused() {
        Syncer.Builder both = Syncer.builder().context(RunContext.of(options())).header("hub.example.com", "X-A", "b");
        assertThrows(IllegalStateException.class, both::build);
    }
}
