package io.synctools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.huggingface.HuggingFaceCache;
import io.synctools.huggingface.HuggingFaceSource;
import io.synctools.huggingface.LocalDir;
import io.synctools.internal.json.Json;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.modelscope.ModelScopeCache;
import io.synctools.modelscope.ModelScopeSource;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import io.synctools.testing.FaultyFileSystem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Mirrors as version 0.1.0 left them, each kept as a list of its files, links and empty folders: nobody reads or fetches a
 * terabyte again because we changed.
 */
@Timeout(60)
class EarlierMirrorsTest {
    private static final String NAME = "models/bench/golden-1.5";

    /** What the hub had: the content of each path. */
    private static final Map<String, String> FILES = new TreeMap<>(Map.of(
            "config.json", "{\"architectures\": [\"Golden\"]}\n",
            "data/a.json", "{\"a\": 1}\n",
            "data/same-as-a.json", "{\"a\": 1}\n",
            "empty.txt", "",
            "model.safetensors", "weights of the golden mirror\n"));

    @TempDir
    Path root;

    /** Files of the mirror that a run opened. */
    private final Set<String> opened = new ConcurrentSkipListSet<>();

    private enum Layout {
        MODELSCOPE_CACHE("modelscope"),
        HUGGINGFACE_CACHE("huggingface"),
        LOCAL_DIR("huggingface");

        private final String source;

        Layout(String source) {
            this.source = source;
        }

        String resource() {
            return "mirrors-of-0.1.0/" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".json";
        }

        FileSource source(RunContext context) {
            return this == MODELSCOPE_CACHE ? new ModelScopeSource(context) : new HuggingFaceSource(context);
        }

        Target<FileSource> target(Path root, RunContext context) {
            return switch (this) {
                case MODELSCOPE_CACHE -> new ModelScopeCache(root, context);
                case HUGGINGFACE_CACHE -> new HuggingFaceCache(root, true, context);
                case LOCAL_DIR -> new LocalDir(root, context);
            };
        }
    }

    private void unpack(Layout layout) throws IOException {
        try (InputStream in = EarlierMirrorsTest.class.getResourceAsStream(layout.resource())) {
            for (JsonNode one : Json.MAPPER.readTree(in)) {
                Path path = root.resolve(one.path("path").textValue());
                Files.createDirectories(path.getParent());
                if (one.has("folder")) {
                    Files.createDirectory(path);
                } else if (one.has("link")) {
                    Files.createSymbolicLink(path, Path.of(one.path("link").textValue()));
                } else if (one.has("base64")) {
                    Files.write(
                            path, Base64.getDecoder().decode(one.path("base64").textValue()));
                } else {
                    Files.writeString(path, one.path("text").textValue());
                }
            }
        }
    }

    private static HubRepository repository(Map<String, String> contents) throws IOException {
        List<HubFile> files = new ArrayList<>();
        for (Map.Entry<String, String> file : contents.entrySet()) {
            files.add(HubFile.of(file.getKey(), file.getValue()));
        }
        return HubRepository.of(NAME, files);
    }

    private SyncReport run(Layout layout, Hub hub) {
        opened.clear();
        Path watched = FaultyFileSystem.path(root, new FaultyFileSystem.Fault() {
            @Override
            public void before(String operation, Path path) {
                if (operation.equals("open") || operation.equals("read")) {
                    opened.add(root.relativize(path).toString());
                }
            }
        });
        String endpoint = hub.origin().toString();
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_ENDPOINT", endpoint, "HF_ENDPOINT", endpoint))
                .build());
        return Syncer.builder()
                .context(context)
                .platforms(Platforms.builder()
                        .source(layout.source, layout.source(context))
                        .target("mirror", layout.target(watched, context))
                        .build())
                .build()
                .run(SyncPlan.of(
                        "earlier",
                        List.of(SyncItem.of(ArtifactRef.of(layout.source, NAME), ArtifactRef.of("mirror", NAME)))));
    }

    /** Opened files whose content is a repository's: neither proofs nor what the hubs' clients keep for themselves. */
    private List<String> contentOpened() {
        return opened.stream()
                .filter(path -> FILES.keySet().stream().anyMatch(path::endsWith) || path.contains("/blobs/"))
                .filter(path -> !path.contains("/.cache/"))
                .toList();
    }

    /** Every name, and what stands there. */
    private Set<String> everything() throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                found.add(root.relativize(path) + " " + Files.getLastModifiedTime(path) + " "
                        + new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
            }
        }
        return found;
    }

    private static SyncReport.Item only(SyncReport report) {
        return report.items().get(0);
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void isUpToDateAfterOneRequestAndNoByteIsRead(Layout layout) throws Exception {
        unpack(layout);
        Set<String> before = everything();
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(repository(FILES)))) {
            SyncReport report = run(layout, hub);

            assertEquals(Outcome.UP_TO_DATE, only(report).outcome(), only(report)::toString);
            assertEquals(FILES.size(), only(report).entries().total());
            assertEquals(1, hub.requests());
            assertEquals(0, hub.bytes());
        }
        assertFalse(opened.isEmpty(), "the proof was read through this path");
        assertEquals(List.of(), contentOpened());
        assertEquals(before, everything());
    }

    @ParameterizedTest
    @EnumSource(Layout.class)
    void fetchesWhatANewCommitChangedAndReadsNothingElse(Layout layout) throws Exception {
        unpack(layout);
        Map<String, String> newer = new TreeMap<>(FILES);
        newer.put("config.json", "{\"architectures\": [\"Newer\"]}\n");
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(repository(newer)))) {
            SyncReport report = run(layout, hub);

            assertEquals(Outcome.COPIED, only(report).outcome(), only(report)::toString);
            assertEquals(newer.get("config.json").length(), hub.bytes());
        }
        List<String> unchanged = contentOpened().stream()
                .filter(path -> !path.endsWith("config.json"))
                .filter(path -> !path.contains("/blobs/"))
                .toList();
        assertEquals(List.of(), unchanged);
    }

    /** What the tests above count is counted: without its proof a mirror is read. */
    @ParameterizedTest
    @EnumSource(Layout.class)
    void isReadWhereItsProofIsGone(Layout layout) throws Exception {
        unpack(layout);
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(path -> path.toString().matches(".*/(proof|proofs/[^/]*)\\.json"))
                    .toList()) {
                Files.delete(path);
            }
        }
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(repository(FILES)))) {
            SyncReport report = run(layout, hub);

            assertEquals(0, report.exit(), only(report)::toString);
            assertEquals(0, hub.bytes());
        }
        assertFalse(contentOpened().isEmpty());
    }
}
