package io.synctools.examples.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The release zip, unpacked: it runs without Maven, and without the sources. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ReleaseIT {
    @TempDir
    Path folder;

    @Test
    void anUnpackedReleaseMirrorsWithoutMaven() throws Exception {
        Release unpacked = Release.unpack(folder);
        HubRepository repository =
                HubRepository.of("models/acme/m", List.of(HubFile.random("model.safetensors", 100_000, 1)));
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(repository))) {
            Map<String, String> environment = new HashMap<>(unpacked.environment());
            environment.put("MODELSCOPE_ENDPOINT", hub.origin().toString());
            Release release = new Release(unpacked.home(), environment);

            Release.Ran help = release.sync("--help");
            assertEquals(0, help.status(), help.said());
            assertTrue(help.said().contains("vllm-guiyang003"), help.said());
            Release.Ran shipped = release.sync("lint");
            assertEquals(0, shipped.status(), shipped.said());

            Path models = Files.writeString(folder.resolve("m.ini"), "acme/m\n");
            Path datasets = Files.writeString(folder.resolve("d.ini"), "");
            String cache = folder.resolve("cache").toString();
            String[] flow = {
                "vllm-guiyang003",
                "--models",
                models.toString(),
                "--datasets",
                datasets.toString(),
                "--modelscope-cache",
                cache
            };
            Release.Ran first = release.sync(flow);
            assertEquals(0, first.status(), first.said());
            assertEquals(100_000, Files.size(folder.resolve("cache/models/acme/m/model.safetensors")));
            Release.Ran second = release.sync(flow);
            assertTrue(second.said().contains("1 item: 1 up to date"), second.said());
        }
        assertTrue(Files.exists(unpacked.home().resolve("sync.jsa")), "classes were archived for a fast start");
        assertFalse(Files.exists(folder.resolve("maven-was-called")));
    }

    @Test
    void theChecksumBesideItIsThatOfTheZip() throws Exception {
        Path zip = Release.zip();
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(zip));
        assertEquals(
                HexFormat.of().formatHex(sum) + "  " + zip.getFileName(),
                Files.readString(Path.of(zip + ".sha256")).strip());
    }
}
