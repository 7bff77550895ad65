package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SkopeoOptionsTest {
    private final SyncOptions standard =
            SyncOptions.builder().environment(Map.of("HOME", "/home/ci")).build();

    @Test
    void hasDefaults() {
        RunContext context = RunContext.of(standard);
        assertEquals("skopeo", SkopeoOptions.program(context));
        assertEquals(Duration.ofHours(2), standard.get(SkopeoOptions.COPY_TIMEOUT));
        assertEquals(8, standard.get(SkopeoOptions.COPIES_PER_HOST));
        assertEquals(Path.of("/home/ci/.cache/sync-tools/image-ledger.json"), SkopeoOptions.ledger(context));
        assertEquals(Map.of(), standard.get(SkopeoOptions.REGISTRY));
    }

    @Test
    void aLedgerMayLieElsewhereAndHostsGoByOneName() {
        SyncOptions options = standard.toBuilder()
                .set(SkopeoOptions.LEDGER, Path.of("/cache/l.json"))
                .set(SkopeoOptions.REGISTRY, Map.of("Index.Docker.io", "127.0.0.1:5000"))
                .build();
        assertEquals(Path.of("/cache/l.json"), SkopeoOptions.ledger(RunContext.of(options)));
        assertEquals(Map.of("docker.io", "127.0.0.1:5000"), options.get(SkopeoOptions.REGISTRY));
    }

    @ParameterizedTest
    @CsvSource({
        "quay.io, http://127.0.0.1:5000",
        "quay.io, 127.0.0.1:5000/path",
        "quay io, 127.0.0.1:5000",
    })
    void refusesWhatIsNoHost(String host, String address) {
        SyncOptions.Builder options = standard.toBuilder();
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> options.set(SkopeoOptions.REGISTRY, Map.of(host, address)));
        assertTrue(String.valueOf(refused.getMessage()).contains("write HOST=HOST[:PORT]"), refused::toString);
    }
}
