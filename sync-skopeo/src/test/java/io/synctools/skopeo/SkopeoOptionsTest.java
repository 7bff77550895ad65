package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.spi.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SkopeoOptionsTest {
    private final Settings settings = Settings.of(Map.of("HOME", "/home/ci"));

    @Test
    void hasDefaults() {
        assertEquals(
                new SkopeoOptions(
                        "skopeo",
                        Duration.ofHours(2),
                        8,
                        Path.of("/home/ci/.cache/sync-tools/image-ledger.json"),
                        Map.of(),
                        java.util.Set.of()),
                SkopeoOptions.from(settings));
    }

    @Test
    void readsOptionsAndAddresses() {
        SkopeoOptions options = SkopeoOptions.from(settings.with("copy-timeout", "PT30M")
                .with("copies-per-host", "3")
                .with("ledger", "/cache/l.json")
                .with("registry.Index.Docker.io", "127.0.0.1:5000"));
        assertEquals(Duration.ofMinutes(30), options.copyTimeout());
        assertEquals(3, options.copiesPerHost());
        assertEquals(Path.of("/cache/l.json"), options.ledger());
        assertEquals(Map.of("docker.io", "127.0.0.1:5000"), options.addresses());
    }

    @ParameterizedTest
    @CsvSource({
        "copy-timeout, 2h",
        "copy-timeout, PT0S",
        "copies-per-host, 0",
        "copies-per-host, many",
        "registry.quay.io, http://127.0.0.1:5000",
        "registry.quay.io, 127.0.0.1:5000/path",
        "registry.quay io, 127.0.0.1:5000"
    })
    void refusesBadValuesByName(String option, String value) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> SkopeoOptions.from(settings.with(option, value)));
        String name = option.replaceFirst("^registry\\.", "");
        assertTrue(String.valueOf(refused.getMessage()).contains(name), refused::toString);
    }
}
