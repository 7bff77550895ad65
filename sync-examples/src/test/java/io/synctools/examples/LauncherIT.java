package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.Version;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher with what was built, as it runs from an unpacked release. */
class LauncherIT {
    @TempDir
    Path folder;

    private record Ended(int status, String printed) {}

    @BeforeEach
    void unpack() throws IOException {
        Path release = Files.createDirectory(folder.resolve("release"));
        Files.createSymbolicLink(release.resolve("lib"), Path.of("target/lib").toAbsolutePath());
        Files.createSymbolicLink(release.resolve("config"), Path.of("config").toAbsolutePath());
    }

    private Ended sync(String endpoint, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(Path.of("..", "sync").toRealPath().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("SYNC_HOME", folder.resolve("release").toString());
        builder.environment().put("MODELSCOPE_ENDPOINT", endpoint);
        builder.environment().keySet().removeIf(name -> name.startsWith("GITHUB_")); // there lint writes annotations
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        return new Ended(process.exitValue(), printed);
    }

    /** What was archived for a fast start is of one Java only; another one has no use for it, and nobody is to hear of it. */
    @ParameterizedTest
    @ValueSource(strings = {"of another version", "cut", "something else"})
    void afterAnUpgradeOfJavaThereIsNoLineFromIt(String fault) throws Exception {
        Path archive = folder.resolve("release/sync.jsa");
        assertEquals(
                Version.TOOL + "\n", sync("http://127.0.0.1:1", "--version").printed());
        byte[] good = Files.readAllBytes(archive);
        byte[] bad = good.clone();
        int version =
                new String(good, 0, 4096, StandardCharsets.ISO_8859_1).indexOf(System.getProperty("java.vm.version"));
        assertTrue(version > 0, "the archive tells its Java's version");
        bad[version] ^= 3;
        if (fault.equals("cut")) {
            bad = Arrays.copyOf(good, good.length / 3);
        } else if (fault.equals("something else")) {
            bad = "something else".getBytes(StandardCharsets.UTF_8);
        }
        Files.delete(archive); // it cannot be written
        Files.write(archive, bad);
        Ended again = sync("http://127.0.0.1:1", "--version");
        assertEquals(Version.TOOL + "\n", again.printed());
        assertEquals(0, again.status());
    }

    @Test
    void aListIsCheckedAndMirrored() throws Exception {
        Files.writeString(folder.resolve("wrong-models.ini"), "acme/tiny.v1\nacme\n");
        Ended lint = sync("http://127.0.0.1:1", "lint", "wrong-models.ini");
        assertEquals(2, lint.status(), lint.printed());
        assertTrue(
                lint.printed().contains("wrong-models.ini:2:1: error: \"acme\" lacks its organization"), lint::printed);

        Files.writeString(folder.resolve("models.ini"), "acme/tiny.v1\n");
        Files.writeString(folder.resolve("datasets.ini"), "acme/rows\n");
        List<HubRepository> served = List.of(
                HubRepository.of("models/acme/tiny.v1", List.of(HubFile.of("说明.md", "# tiny"))),
                HubRepository.of("datasets/acme/rows", List.of(HubFile.of("a.csv", "1\n"))));
        try (Hub hub = Hub.start(Hub.Options.PLAIN, served)) {
            Ended run = sync(
                    hub.origin().toString(),
                    "vllm-guiyang003",
                    "--models",
                    "models.ini",
                    "--datasets",
                    "datasets.ini",
                    "--modelscope-cache",
                    "cache");
            assertEquals(0, run.status(), run.printed());
            assertTrue(run.printed().contains("2 items: 2 copied"), run::printed);
        }
        assertEquals("# tiny", Files.readString(folder.resolve("cache/models/acme/tiny___v1/说明.md")));
    }
}
