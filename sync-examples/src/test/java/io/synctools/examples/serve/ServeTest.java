package io.synctools.examples.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.examples.serve.Site.Layout;
import io.synctools.huggingface.LocalDir;
import io.synctools.internal.json.Json;
import io.synctools.mirror.Inventory;
import io.synctools.model.FailureKind;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncOptions;
import io.synctools.serve.HubServer;
import io.synctools.serve.RunningHub;
import io.synctools.spi.RunContext;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import io.synctools.testing.FaultyFileSystem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A mirror that is served, from a request of HTTP to a mirror of the mirror. */
class ServeTest {
    private static final String TINY = "models/acme/tiny.v1";
    private static final String ROWS = "datasets/acme/rows";
    private static final int WEIGHTS = 300_000;

    private final OkHttpClient client =
            new OkHttpClient.Builder().followRedirects(false).build();

    @TempDir
    Path folder;

    private Hub origin;
    private Site site;
    private RunningHub hub;

    @BeforeEach
    void start() throws IOException {
        List<HubFile> rows = new ArrayList<>();
        for (int i = 0; i < 450; i++) {
            rows.add(HubFile.of("data/%03d.csv".formatted(i), "row " + i));
        }
        origin = Hub.start(Hub.Options.PLAIN, List.of(tiny(1), HubRepository.of(ROWS, rows)));
        site = new Site(folder.resolve("one"));
        hub = site.server().start(0);
    }

    private static HubRepository tiny(long seed) throws IOException {
        return HubRepository.of(
                TINY,
                List.of(
                        HubFile.of("config.json", "{\"seed\":" + seed + "}"),
                        HubFile.of("sub dir/ä+%.txt", "0123456789"),
                        HubFile.random("model.safetensors", WEIGHTS, seed)));
    }

    @AfterEach
    void stop() throws IOException {
        hub.close();
        origin.close();
    }

    private void mirrored(Layout layout, String name) {
        SyncReport report = site.mirror(origin.origin(), layout, name);
        assertEquals(Outcome.COPIED, report.items().get(0).outcome(), report::toJson);
    }

    private Response get(String path, String... headers) throws IOException {
        Request.Builder request = new Request.Builder().url(path.startsWith("http") ? path : hub.uri() + path);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.newCall(request.build()).execute();
    }

    private int status(String path, String... headers) throws IOException {
        try (Response response = get(path, headers)) {
            return response.code();
        }
    }

    private JsonNode json(String path) throws IOException {
        try (Response response = get(path)) {
            assertEquals(200, response.code(), path);
            return Json.MAPPER.readTree(response.body().string());
        }
    }

    private static String addressOf(Layout layout, String path) {
        return layout.branch().equals("master")
                ? "/api/v1/" + TINY + "/repo?Revision=master&FilePath=" + path
                : "/acme/tiny.v1/resolve/main/" + path;
    }

    /** The files of a site's layout, with what is in them; not what names times and machines. */
    private static Map<String, String> content(Path root) throws IOException {
        Map<String, String> content = new java.util.TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                if (!name.contains(".sync-tools")
                        && !name.contains(".cache/")
                        && !name.endsWith("CACHEDIR.TAG")
                        && !name.endsWith(".mv")
                        && !name.contains("/trees/")) {
                    content.put(
                            name, io.synctools.standin.HubFile.of(name, file).sha256());
                }
            }
        }
        return content;
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void aMirrorOfTheMirrorIsTheSameByteForByte(Layout layout) throws Exception {
        mirrored(layout, TINY);
        mirrored(layout, ROWS);
        origin.close();
        Site second = new Site(folder.resolve("two"));
        for (String name : List.of(TINY, ROWS)) {
            SyncReport report = second.mirror(hub.uri(), layout, name);
            assertEquals(Outcome.COPIED, report.items().get(0).outcome(), report::toJson);
            SyncReport again = second.mirror(hub.uri(), layout, name);
            assertEquals(Outcome.UP_TO_DATE, again.items().get(0).outcome(), again::toJson);
        }
        assertEquals(content(site.folder()), content(second.folder()));
    }

    @ParameterizedTest
    @EnumSource(value = Layout.class, names = "MODELSCOPE_LOCAL", mode = EnumSource.Mode.EXCLUDE)
    void aMirrorOfTheMirrorHasTheSameRevision(Layout layout) {
        mirrored(layout, TINY);
        SyncReport first = site.mirror(origin.origin(), layout, TINY);
        SyncReport second = new Site(folder.resolve("two")).mirror(hub.uri(), layout, TINY);
        assertEquals(first.items().get(0).revision(), second.items().get(0).revision());
        // What was mirrored from the hub is up to date by the mirror: the pins are the same.
        assertEquals(
                Outcome.UP_TO_DATE,
                site.mirror(hub.uri(), layout, TINY).items().get(0).outcome());
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void rangesHeadsAndTagsAreThoseThatClientsCheck(Layout layout) throws IOException {
        mirrored(layout, TINY);
        String address = addressOf(layout, "model.safetensors");
        byte[] all = Files.readAllBytes(firstOf(site.folder(), "model.safetensors"));
        String tag;
        try (Response whole = get(address)) {
            assertEquals(200, whole.code());
            assertEquals("bytes", whole.header("Accept-Ranges"));
            tag = whole.header("ETag", "");
            assertArrayEquals(all, whole.body().bytes());
        }
        try (Response part = get(address, "Range", "bytes=100-199")) {
            assertEquals(206, part.code());
            assertEquals("bytes 100-199/" + WEIGHTS, part.header("Content-Range"));
            assertArrayEquals(
                    java.util.Arrays.copyOfRange(all, 100, 200), part.body().bytes());
        }
        try (Response tail = get(address, "Range", "bytes=-10")) {
            assertArrayEquals(
                    java.util.Arrays.copyOfRange(all, WEIGHTS - 10, WEIGHTS),
                    tail.body().bytes());
        }
        try (Response beyond = get(address, "Range", "bytes=" + WEIGHTS + "-")) {
            assertEquals(416, beyond.code());
            assertEquals("bytes */" + WEIGHTS, beyond.header("Content-Range"));
        }
        assertEquals(200, status(address, "Range", "bytes=0-1,5-6"));
        assertEquals(206, status(address, "Range", "bytes=5-", "If-Range", tag));
        assertEquals(200, status(address, "Range", "bytes=5-", "If-Range", "\"another\""));
        assertEquals(304, status(address, "If-None-Match", tag));
        Request head = new Request.Builder().url(hub.uri() + address).head().build();
        try (Response response = client.newCall(head).execute()) {
            assertEquals(200, response.code());
            assertEquals(Integer.toString(WEIGHTS), response.header("Content-Length"));
            assertEquals(tag, response.header("ETag"));
        }
    }

    private static Path firstOf(Path root, String name) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> path.endsWith(name)).findFirst().orElseThrow();
        }
    }

    @Test
    void namesThatAddressesEscapeAreFound() throws IOException {
        mirrored(Layout.HUGGINGFACE_CACHE, TINY);
        mirrored(Layout.MODELSCOPE_CACHE, TINY);
        for (String address : List.of(
                "/acme/tiny.v1/resolve/main/sub%20dir/%C3%A4%2B%25.txt",
                "/acme/tiny.v1/resolve/main/sub%20dir/%C3%A4+%25.txt",
                "/api/v1/models/acme/tiny.v1/repo?Revision=master&FilePath=sub+dir%2F%C3%A4%2B%25.txt")) {
            try (Response response = get(address)) {
                assertEquals("0123456789", response.body().string(), address);
            }
        }
    }

    @Test
    void foldersAreListedOneByOneAndDeep() throws IOException {
        mirrored(Layout.HUGGINGFACE_CACHE, TINY);
        mirrored(Layout.MODELSCOPE_CACHE, TINY);
        JsonNode top = json("/api/models/acme/tiny.v1/tree/main");
        assertEquals(List.of("config.json", "model.safetensors", "sub dir"), texts(top, "path"));
        assertEquals(List.of("file", "file", "directory"), texts(top, "type"));
        assertEquals(List.of("sub dir/ä+%.txt"), texts(json("/api/models/acme/tiny.v1/tree/main/sub%20dir"), "path"));
        JsonNode all = json("/api/models/acme/tiny.v1/tree/main?recursive=true");
        assertEquals(List.of("file", "file", "directory", "file"), texts(all, "type"));
        assertEquals("sub dir", all.at("/2/path").asText());
        JsonNode files = json("/api/v1/models/acme/tiny.v1/repo/files?Revision=master&Recursive=False")
                .at("/Data/Files");
        assertEquals(List.of("blob", "blob", "tree"), texts(files, "Type"));
        assertEquals(404, status("/api/models/acme/tiny.v1/tree/main/absent"));
    }

    private static List<String> texts(JsonNode array, String field) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.get(field).asText()));
        return texts;
    }

    @Test
    void longListingsComeInPages() throws IOException {
        mirrored(Layout.HUGGINGFACE_CACHE, ROWS);
        mirrored(Layout.MODELSCOPE_CACHE, ROWS);
        List<String> paths = new ArrayList<>();
        String page = hub.uri() + "/api/datasets/acme/rows/tree/main?recursive=true&limit=200";
        int pages = 0;
        while (!page.isEmpty()) {
            try (Response response = get(page)) {
                paths.addAll(texts(Json.MAPPER.readTree(response.body().string()), "path"));
                page = response.header("Link", "").replaceAll("^<(.*)>; rel=\"next\"$", "$1");
                pages++;
            }
        }
        assertEquals(3, pages);
        assertEquals(1 + 450, paths.stream().distinct().count(), "the folder and its files");
        String id = json("/api/v1/datasets/acme/rows").at("/Data/Id").asText();
        assertEquals(
                50,
                json("/api/v1/datasets/" + id + "/repo/tree?Recursive=True&PageNumber=3&PageSize=200")
                        .at("/Data/Files")
                        .size());
    }

    @Test
    void revisionsRefsAndTheHeadAreToldAndNothingElseIsThere() throws IOException {
        mirrored(Layout.HUGGINGFACE_CACHE, TINY);
        mirrored(Layout.MODELSCOPE_CACHE, TINY);
        String commit = json("/api/models/acme/tiny.v1").get("sha").asText();
        assertEquals(
                commit,
                json("/api/models/acme/tiny.v1/refs")
                        .at("/branches/0/targetCommit")
                        .asText());
        assertEquals(200, status("/acme/tiny.v1/resolve/" + commit + "/config.json"));
        String head = json("/api/v1/models/acme/tiny.v1/commits?Ref=master&PageSize=1")
                .at("/Data/Commit/0/Id")
                .asText();
        assertTrue(head.matches("[0-9a-f]{40}"), head);
        assertEquals(200, status("/api/v1/models/acme/tiny.v1/repo?Revision=" + head + "&FilePath=config.json"));
        assertTrue(json("/api/v1/models/acme/tiny.v1/commits?Ref=absent&PageSize=1")
                .at("/Data/Commit")
                .isNull());
        assertEquals(404, status("/acme/tiny.v1/resolve/v9/config.json"));
        assertEquals(404, status("/acme/tiny.v1/resolve/main/absent"));
        assertEquals(404, status("/acme/absent/resolve/main/config.json"));
        assertEquals(404, status("/api/v1/models/acme/absent/repo/files"));
        // What one hub's layout holds is not what the other hub has.
        assertEquals(404, status("/datasets/acme/tiny.v1/resolve/main/config.json"));
    }

    @Test
    void whatHasNoProofIsNotThere() throws IOException {
        Path foreign = Files.createDirectories(site.folder().resolve("local/models/acme/foreign"));
        Files.writeString(foreign.resolve("config.json"), "{}");
        mirrored(Layout.HUGGINGFACE_LOCAL, TINY);
        Files.writeString(site.file(Layout.HUGGINGFACE_LOCAL, TINY, "extra.txt"), "not published");
        assertEquals(404, status("/acme/foreign/resolve/main/config.json"));
        assertEquals(404, status("/acme/tiny.v1/resolve/main/extra.txt"));
        assertEquals(404, status("/acme/tiny.v1/resolve/main/.cache/sync-tools/proof.json"));
        assertEquals(200, status("/acme/tiny.v1/resolve/main/config.json"));
    }

    @Test
    void aFileThatIsNotWhatWasPublishedIsNotSent() throws IOException {
        mirrored(Layout.HUGGINGFACE_LOCAL, TINY);
        Files.writeString(site.file(Layout.HUGGINGFACE_LOCAL, TINY, "config.json"), "{}");
        Path outside = Files.write(folder.resolve("outside"), new byte[WEIGHTS]);
        Path weights = site.file(Layout.HUGGINGFACE_LOCAL, TINY, "model.safetensors");
        Files.delete(weights);
        Files.createSymbolicLink(weights, outside);
        List<String> log = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                log.add(line.getMessage() + " " + line.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("io.synctools.internal.serve.HttpFront");
        logger.addHandler(handler);
        try {
            assertEquals(503, status("/acme/tiny.v1/resolve/main/config.json"));
            assertEquals(503, status("/acme/tiny.v1/resolve/main/model.safetensors"), "it leads out of the root");
        } finally {
            logger.removeHandler(handler);
        }
        assertTrue(log.get(0).contains("tiny.v1/config.json has 2 bytes, and 10 were published"), log::toString);
        assertTrue(log.get(1).contains("tiny.v1/model.safetensors leads out of"), log::toString);
    }

    /** Of the same size: no look at it tells, and what is in memory is for every repository that has a file of that identity. */
    @Test
    void aSmallFileThatIsNotWhatWasPublishedIsNeitherSentNorRemembered() throws IOException {
        mirrored(Layout.HUGGINGFACE_LOCAL, TINY);
        Path config = site.file(Layout.HUGGINGFACE_LOCAL, TINY, "config.json");
        Files.writeString(config, "{\"seed\":7}");
        assertEquals(503, status("/acme/tiny.v1/resolve/main/config.json"));
        Files.writeString(config, "{\"seed\":1}");
        try (Response response = get("/acme/tiny.v1/resolve/main/config.json")) {
            assertEquals("{\"seed\":1}", response.body().string());
        }
    }

    @Test
    void ofTwoRootsTheNewerPublicationIsTold() throws IOException {
        mirrored(Layout.HUGGINGFACE_CACHE, TINY);
        origin.put(tiny(2));
        mirrored(Layout.HUGGINGFACE_LOCAL, TINY);
        try (Response response = get("/acme/tiny.v1/resolve/main/config.json")) {
            assertEquals("{\"seed\":2}", response.body().string());
        }
    }

    @Test
    void ofTwoRootsTheOneThatHasAllOfItIsTold() throws IOException {
        mirrored(Layout.HUGGINGFACE_LOCAL, TINY);
        site.mirror(origin.origin(), Layout.HUGGINGFACE_CACHE, TINY, Site.only("*.json"), Map.of());
        try (Response response = get("/api/models/acme/tiny.v1/tree/main?recursive=true")) {
            assertEquals("", response.header("X-Sync-Filter", ""));
        }
        assertEquals(200, status("/acme/tiny.v1/resolve/main/model.safetensors"));
    }

    @Test
    void namesThatNoDiskTakesAreOfNothing() throws IOException {
        mirrored(Layout.HUGGINGFACE_CACHE, TINY);
        String name = "a".repeat(300);
        for (String address : List.of(
                "/api/models/acme/" + name,
                "/" + name + "/tiny/resolve/main/config.json",
                "/datasets/acme/" + name + "/resolve/main/config.json",
                "/api/v1/models/acme/" + name + "/revisions",
                "/api/v1/models/acme/" + "\u00e4".repeat(200) + "/revisions",
                "/acme/tiny.v1/resolve/" + name + "/config.json",
                "/acme/tiny.v1/resolve/main/" + name)) {
            assertEquals(404, status(address), address);
        }
    }

    /** A pipe that nobody writes to holds up whoever opens it, as a disk does whose server is gone. */
    @Test
    void aDiskThatHangsHoldsUpNoReaderOfAnother() throws Exception {
        mirrored(Layout.HUGGINGFACE_LOCAL, TINY);
        mirrored(Layout.HUGGINGFACE_CACHE, ROWS);
        Path config = site.file(Layout.HUGGINGFACE_LOCAL, TINY, "config.json");
        Files.delete(config);
        assertEquals(0, new ProcessBuilder("mkfifo", config.toString()).start().waitFor());
        ExecutorService readers = Executors.newCachedThreadPool();
        try {
            List<Future<Integer>> held = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                held.add(readers.submit(() -> status("/acme/tiny.v1/resolve/main/config.json")));
            }
            int told = 0;
            for (Future<Integer> one : held) {
                try {
                    assertEquals(503, one.get());
                    told++;
                } catch (ExecutionException e) {
                    assertInstanceOf(SocketTimeoutException.class, e.getCause(), "it waits for the disk");
                }
            }
            assertTrue(told >= 40, "who comes later is told so: " + told);
            for (int i = 0; i < 450; i += 50) {
                assertEquals(200, status("/datasets/acme/rows/resolve/main/data/%03d.csv".formatted(i)));
            }
        } finally {
            try (FileChannel pipe = FileChannel.open(config, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                readers.shutdown();
                assertTrue(readers.awaitTermination(30, TimeUnit.SECONDS), "the disk is back: " + pipe);
            }
        }
    }

    /** A disk whose server is gone: whoever asks it waits until it is back. */
    private static final class Gone implements FaultyFileSystem.Fault {
        private volatile CountDownLatch back = new CountDownLatch(0);

        @Override
        public void before(String operation, Path path) throws IOException {
            try {
                back.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRootThatHangsCostsItsOwnRepositoriesOnly(boolean fromTheStart) throws Exception {
        mirrored(Layout.HUGGINGFACE_LOCAL, TINY);
        mirrored(Layout.HUGGINGFACE_CACHE, ROWS);
        hub.close();
        Gone disk = new Gone();
        List<Inventory> roots = new ArrayList<>(site.roots());
        RunContext context = RunContext.of(SyncOptions.builder().build());
        roots.set(2, new LocalDir(FaultyFileSystem.path(roots.get(2).root(), disk), context));
        Collections.reverse(roots);
        if (fromTheStart) {
            disk.back = new CountDownLatch(1);
        }
        hub = HubServer.over(roots).start(0);
        if (!fromTheStart) {
            assertEquals(200, status("/acme/tiny.v1/resolve/main/config.json"));
            assertEquals(200, status("/"));
            disk.back = new CountDownLatch(1);
        }
        try {
            assertEquals(200, status("/datasets/acme/rows/resolve/main/data/000.csv"));
            int status = 200;
            while (status == 200) { // what was in memory a moment ago is sent from there
                status = status("/acme/tiny.v1/resolve/main/config.json");
            }
            assertEquals(503, status);
            assertEquals(503, status("/api/models/acme/tiny.v1"));
            mirrored(Layout.MODELSCOPE_CACHE, TINY);
            assertEquals(200, status(addressOf(Layout.MODELSCOPE_CACHE, "config.json")));
            String numbers = "";
            while (!numbers.contains(
                    "sync_serve_roots_silent 1\n")) { // what was looked at lately is not looked at again
                try (Response response = get("/metrics")) {
                    assertEquals(200, response.code());
                    numbers = response.body().string();
                }
            }
            try (Response page = get("/")) {
                assertEquals(200, page.code());
                String text = page.body().string();
                assertTrue(text.contains("1 of the roots do not answer"), text);
                assertTrue(text.contains("huggingface:datasets/acme/rows"), text);
                assertTrue(text.contains("modelscope:models/acme/tiny.v1"), text);
                assertEquals(!fromTheStart, text.contains("huggingface:models/acme/tiny.v1"), text);
            }
        } finally {
            disk.back.countDown();
        }
        int status = 503;
        while (status == 503) { // the rest of its two seconds of being known as silent
            status = status("/acme/tiny.v1/resolve/main/config.json");
        }
        assertEquals(200, status);
    }

    private void serve(FaultyFileSystem.Fault fault) throws IOException {
        hub.close();
        List<Inventory> roots = new ArrayList<>(site.roots());
        RunContext context = RunContext.of(SyncOptions.builder().build());
        roots.set(2, new LocalDir(FaultyFileSystem.path(roots.get(2).root(), fault), context));
        hub = HubServer.over(roots).start(0);
    }

    @Test
    void aRepositoryWhoseProofCannotBeReadCostsItselfOnly() throws Exception {
        mirrored(Layout.HUGGINGFACE_LOCAL, TINY);
        mirrored(Layout.HUGGINGFACE_LOCAL, ROWS);
        serve((operation, path) -> {
            if (path.toString().contains("tiny.v1/.cache/sync-tools/proof")) {
                throw new AccessDeniedException(path.toString());
            }
        });

        try (Response page = get("/")) {
            String text = page.body().string();
            assertEquals(200, page.code());
            assertTrue(text.contains("huggingface:datasets/acme/rows"), text);
            assertFalse(text.contains("roots do not answer"), text);
        }
        assertEquals(200, status("/datasets/acme/rows/resolve/main/data/000.csv"));
        assertTrue(status("/acme/tiny.v1/resolve/main/config.json") >= 400);
    }

    @Test
    void whatASilentRootHasAsWellIsNotToldByTheOtherAlone() throws Exception {
        mirrored(Layout.HUGGINGFACE_CACHE, TINY);
        mirrored(Layout.HUGGINGFACE_LOCAL, TINY);
        Gone disk = new Gone();
        serve(disk);
        assertEquals(200, status("/"));
        assertEquals(200, status("/api/models/acme/tiny.v1"));
        disk.back = new CountDownLatch(1);
        try {
            int status = 200;
            while (status == 200) { // for as long as what was seen a moment ago is believed
                status = status("/api/models/acme/tiny.v1");
            }
            assertEquals(503, status, "the newer publication may be the one that nobody can read");
        } finally {
            disk.back.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void theNextPublicationIsServedAtOnce(Layout layout) throws Exception {
        mirrored(layout, TINY);
        try (Response response = get(addressOf(layout, "config.json"))) {
            assertEquals("{\"seed\":1}", response.body().string());
        }
        origin.put(tiny(2));
        mirrored(layout, TINY);
        long deadline = System.nanoTime() + 5_000_000_000L;
        String seen = "";
        while (!seen.equals("{\"seed\":2}") && System.nanoTime() < deadline) {
            try (Response response = get(addressOf(layout, "config.json"))) {
                seen = response.body().string();
            }
        }
        assertEquals("{\"seed\":2}", seen);
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void aPartSaysSoAndIsNeverTakenForTheWhole(Layout layout) throws IOException {
        NameFilter part = Site.only("*.json", "sub dir/*");
        site.mirror(origin.origin(), layout, TINY, part, Map.of());
        String listing = layout.branch().equals("master")
                ? "/api/v1/models/acme/tiny.v1/repo/files?Recursive=True"
                : "/api/models/acme/tiny.v1/tree/main?recursive=true";
        try (Response response = get(listing)) {
            assertEquals("allow[\"*.json\",%20\"sub%20dir/*\"]", response.header("X-Sync-Filter"));
        }
        Site second = new Site(folder.resolve("two"));
        SyncReport whole = second.mirror(hub.uri(), layout, TINY);
        assertEquals(
                FailureKind.INCOMPATIBLE, whole.items().get(0).failures().get(0).kind(), whole::toJson);
        SyncReport other = second.mirror(hub.uri(), layout, TINY, Site.only("*.json"), Map.of());
        assertEquals(
                FailureKind.INCOMPATIBLE, other.items().get(0).failures().get(0).kind(), other::toJson);
        SyncReport same = second.mirror(hub.uri(), layout, TINY, part, Map.of());
        assertEquals(Outcome.COPIED, same.items().get(0).outcome(), same::toJson);
    }

    @Test
    void whoHasNoTokenReadsNothing() throws IOException {
        mirrored(Layout.HUGGINGFACE_CACHE, TINY);
        hub.close();
        hub = site.server().tokens(List.of("secret-1", "secret-2")).start(0);
        for (String address :
                List.of("/", "/metrics", "/acme/tiny.v1/resolve/main/config.json", "/api/models/acme/tiny.v1")) {
            assertEquals(401, status(address), address);
            assertEquals(401, status(address, "Authorization", "Bearer secret-"), address);
            assertEquals(200, status(address, "Authorization", "Bearer secret-2"), address);
            assertEquals(200, status(address, "Cookie", "a=b; m_session_id=secret-1"), address);
        }
        Site second = new Site(folder.resolve("two"));
        SyncReport refused = second.mirror(hub.uri(), Layout.HUGGINGFACE_CACHE, TINY);
        assertEquals(
                FailureKind.ACCESS, refused.items().get(0).failures().get(0).kind(), refused::toJson);
        SyncReport let = second.mirror(
                hub.uri(), Layout.HUGGINGFACE_CACHE, TINY, NameFilter.ALL, Map.of("HF_TOKEN", "secret-1"));
        assertEquals(Outcome.COPIED, let.items().get(0).outcome(), let::toJson);
    }

    @Test
    void nobodyListensToTheWorldByMistake() throws IOException {
        InetAddress everywhere = InetAddress.getByName("0.0.0.0");
        assertThrows(
                IllegalArgumentException.class,
                () -> site.server().bind(everywhere).start(0).close());
        site.server().bind(everywhere).open().start(0).close();
        site.server().bind(everywhere).tokens(List.of("t")).start(0).close();
    }

    @Test
    void nobodyServesWithTheKeyOfAnotherCertificate() throws IOException {
        for (boolean isRsa : List.of(true, false)) {
            HeldCertificate one = held(isRsa);
            Path certificate = Files.writeString(folder.resolve("cert.pem"), one.certificatePem());
            Path key = Files.writeString(folder.resolve("key.pem"), one.privateKeyPkcs8Pem());
            site.server().tls(certificate, key);
            for (boolean isOtherRsa : List.of(true, false)) {
                Path other = Files.writeString(
                        folder.resolve("other.pem"), held(isOtherRsa).privateKeyPkcs8Pem());
                assertThrows(IllegalArgumentException.class, () -> site.server().tls(certificate, other));
            }
        }
    }

    private static HeldCertificate held(boolean isRsa) {
        HeldCertificate.Builder builder = new HeldCertificate.Builder();
        return (isRsa ? builder.rsa2048() : builder.ecdsa256()).build();
    }

    @Test
    void nothingCanBeWritten() throws IOException {
        mirrored(Layout.HUGGINGFACE_CACHE, TINY);
        for (String method : List.of("PUT", "DELETE", "PATCH", "POST")) {
            Request request = new Request.Builder()
                    .url(hub.uri() + "/acme/tiny.v1/resolve/main/config.json")
                    .method(method, okhttp3.RequestBody.create("x", null))
                    .build();
            try (Response response = client.newCall(request).execute()) {
                assertEquals(405, response.code(), method);
            }
        }
    }

    @Test
    void thePageAndTheNumbersTellWhatIsThere() throws IOException {
        mirrored(Layout.HUGGINGFACE_CACHE, TINY);
        assertEquals(200, status("/acme/tiny.v1/resolve/main/config.json"));
        try (Response page = get("/")) {
            String text = page.body().string();
            assertTrue(text.contains("huggingface:models/acme/tiny.v1"), text);
            assertFalse(text.contains("never"), text);
        }
        try (Response numbers = get("/metrics")) {
            String text = numbers.body().string();
            assertTrue(text.contains("sync_serve_bytes_total 10\n"), text);
            assertTrue(text.contains("sync_serve_repositories 1\n"), text);
        }
    }

    @Test
    void eachRequestHasALineInTheLog() throws IOException {
        hub.close();
        List<String> lines = new CopyOnWriteArrayList<>();
        hub = site.server().accessLog(lines::add).start(0);
        assertEquals(404, status("/absent%22%0Aforged?token=x"));
        hub.close();
        assertEquals(1, lines.size(), lines::toString);
        assertTrue(lines.get(0).contains("127.0.0.1 \"GET /absent%22%0Aforged?token=x\" 404 "), lines.get(0));
    }
}
