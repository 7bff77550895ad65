package io.synctools.examples.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.examples.serve.Site.Layout;
import io.synctools.model.NameFilter;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./sync serve} in a process of its own, ended in the middle of what it sends, and begun again. */
@Timeout(180)
class RestartIT {
    private static final String NAME = "models/acme/big";
    private static final int SIZE = 48 << 20;
    /** So that there is a middle. */
    private static final String RATE = Integer.toString(12 << 20);

    @TempDir
    Path folder;

    private final ExecutorService readers = Executors.newCachedThreadPool();
    private Site site;
    private HubFile weights;
    private Served served;

    /** The process, and what it said that its address is. */
    private record Served(Process process, URI uri) {
        long bytes() throws IOException {
            String numbers =
                    new String(new URL(uri + "/metrics").openStream().readAllBytes(), StandardCharsets.US_ASCII);
            return Long.parseLong(numbers.replaceAll("(?s).*\nsync_serve_bytes_total (\\d+)\n.*", "$1"));
        }

        void sent(long bytes) throws IOException {
            while (bytes() < bytes) {
                Thread.onSpinWait();
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        site = new Site(folder.resolve("one"));
        weights = HubFile.random("model.safetensors", SIZE, 5);
        HubRepository big = HubRepository.of(NAME, List.of(HubFile.of("config.json", "{}"), weights));
        try (Hub origin = Hub.start(Hub.Options.PLAIN, List.of(big))) {
            for (Layout layout : List.of(Layout.HUGGINGFACE_CACHE, Layout.MODELSCOPE_CACHE)) {
                assertEquals(0, site.mirror(origin.origin(), layout, NAME).exit());
            }
        }
        served = serve(0);
    }

    @AfterEach
    void stop() throws InterruptedException {
        readers.shutdownNow();
        served.process().destroyForcibly().waitFor();
    }

    private Served serve(int port) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.synctools.examples.Launch",
                        "serve",
                        "--modelscope-cache",
                        site.folder().resolve("ms").toString(),
                        "--huggingface-cache",
                        site.folder().resolve("hf").toString(),
                        "--port",
                        Integer.toString(port))
                .redirectErrorStream(true) // nothing comes before the lines that a shell reads
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = String.valueOf(out.readLine());
        assertTrue(line.startsWith("export HF_ENDPOINT=http://127.0.0.1:"), line);
        return new Served(process, URI.create(line.substring(line.indexOf('=') + 1)));
    }

    /** Ends it without a word, once half of it is under way, and begins anew at the same address. */
    private void restart() throws Exception {
        served.sent(SIZE / 2);
        served.process().destroyForcibly().waitFor();
        served = serve(served.uri().getPort());
    }

    private Future<SyncReport> mirrored(Layout layout, Site into) {
        URI hub = served.uri();
        return readers.submit(() -> into.mirror(hub, layout, NAME, NameFilter.ALL, Map.of(Site.BANDWIDTH, RATE)));
    }

    @Test
    void ourFlowsGoOnWhereTheyWere() throws Exception {
        for (Layout layout : List.of(Layout.HUGGINGFACE_CACHE, Layout.MODELSCOPE_CACHE)) {
            Future<SyncReport> run = mirrored(layout, new Site(folder.resolve("two")));
            restart();
            SyncReport report = run.get(120, TimeUnit.SECONDS);
            assertEquals(Outcome.COPIED, report.items().get(0).outcome(), report::toJson);
            long again = served.bytes();
            assertTrue(again < SIZE, "resumed, and not begun anew: " + again);
        }
        try (var all = Files.walk(folder.resolve("two"))) {
            List<Path> copies = new ArrayList<>();
            for (Path file : (Iterable<Path>) all::iterator) {
                if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == SIZE) {
                    copies.add(file);
                }
            }
            assertEquals(2, copies.size());
            for (Path copy : copies) {
                assertEquals(weights.sha256(), HubFile.of("x", copy).sha256());
            }
        }
    }

    @Test
    void curlGoesOnWhereItWas() throws Exception {
        Path file = folder.resolve("weights");
        String address = served.uri() + "/acme/big/resolve/main/model.safetensors";
        Process first = curl(file, address);
        restart();
        int status = first.waitFor();
        assertTrue(status != 0, "it was cut off");
        assertTrue(Files.size(file) > 0);
        assertEquals(0, curl(file, address).waitFor());
        assertEquals(weights.sha256(), HubFile.of("x", file).sha256());
        assertTrue(served.bytes() < SIZE, "resumed");
    }

    private static Process curl(Path file, String address) throws IOException {
        return new ProcessBuilder(
                        "curl", "-sS", "--fail", "-C", "-", "--limit-rate", "12M", "-o", file.toString(), address)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Test
    void whoIsBeingAnsweredHasItAllBeforeItEnds() throws Exception {
        Path file = folder.resolve("weights");
        Process reader = curl(file, served.uri() + "/acme/big/resolve/main/model.safetensors");
        served.sent(1 << 20);
        served.process().destroy(); // SIGTERM
        assertEquals(0, reader.waitFor());
        assertEquals(weights.sha256(), HubFile.of("x", file).sha256());
        assertTrue(served.process().waitFor(20, TimeUnit.SECONDS));
        assertEquals(143, served.process().exitValue());
    }
}
