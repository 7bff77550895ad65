package io.synctools.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SyncOptionsTest {

    private static Arguments wrong(String option, Consumer<SyncOptions.Builder> given) {
        return Arguments.of(option, given);
    }

    static Stream<Arguments> outOfRange() {
        return Stream.of(
                wrong("jobs", options -> options.jobs(0)),
                wrong("jobs", options -> options.jobs(1025)),
                wrong("connections", options -> options.connections(0)),
                wrong("connections", options -> options.connections(1025)),
                wrong("part-size", options -> options.partSize(0)),
                wrong("bandwidth", options -> options.bandwidth(0)),
                wrong("bandwidth", options -> options.bandwidth(-1)),
                wrong("wait", options -> options.waitFor(Duration.ofMillis(-1))),
                wrong("wait", options -> options.waitFor(Duration.ofDays(300 * 366))),
                wrong("stall", options -> options.stall(Duration.ZERO)),
                wrong("retry-for", options -> options.retryFor(Duration.ZERO)),
                wrong("retries", options -> options.retries(-1)),
                wrong("retries", options -> options.retries(10_001)),
                wrong("via", options -> options.via(Map.of("hub.example", "proxy.example"))),
                wrong("via", options -> options.via(Map.of("hub.example", "https://u:p@proxy.example"))),
                wrong("via", options -> options.via(Map.of("https://hub.example", "https://proxy.example"))),
                wrong("plain-http", options -> options.plainHttp(Set.of("http://registry.example"))),
                wrong("runner", options -> options.runner(" ")),
                wrong("run-url", options -> options.runUrl("")));
    }

    @ParameterizedTest
    @MethodSource("outOfRange")
    void whatIsOutOfRangeIsRefusedWhenItIsGiven(String option, Consumer<SyncOptions.Builder> given) {
        SyncOptions.Builder options = SyncOptions.builder();

        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> given.accept(options));

        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("option \"" + option + "\": "), message);
        assertFalse(message.contains("u:p"), message);
    }

    @Test
    void optionsDoNotChangeOnceTheyAreBuilt() {
        List<Path> folders = new ArrayList<>(List.of(Path.of("/a")));
        SyncOptions.Builder builder = SyncOptions.builder().adopt(folders).jobs(3);
        SyncOptions built = builder.build();
        folders.add(Path.of("/b"));
        builder.jobs(4);

        assertEquals(List.of(Path.of("/a")), built.get(SyncOptions.ADOPT));
        assertEquals(3, built.get(SyncOptions.JOBS));
        assertEquals(4, builder.build().get(SyncOptions.JOBS));
        assertEquals(3, built.toBuilder().retries(1).build().get(SyncOptions.JOBS));
    }

    @Test
    void whatHasNoDefaultIsFoundOnlyWhereItWasGiven() {
        assertEquals(Optional.empty(), SyncOptions.DEFAULTS.find(SyncOptions.BANDWIDTH));
        assertThrows(NoSuchElementException.class, () -> SyncOptions.DEFAULTS.get(SyncOptions.BANDWIDTH));
    }

    @Test
    void everyDefaultIsInRangeAndWrittenAsItIsRead() {
        for (Option<?> option : SyncOptions.ALL) {
            assertEquals(
                    option.byDefault().filter(any -> !option.defaultText().isEmpty()),
                    Optional.of(option.defaultText())
                            .filter(text -> !text.isEmpty())
                            .map(text -> option.read(List.of(text), Map.of())),
                    option::name);
        }
    }

    @Test
    void valuesAndVariablesAreNeverPrinted() {
        SyncOptions options = SyncOptions.builder()
                .environment(Map.of("HF_TOKEN", "hf_secret"))
                .runner("machine")
                .build();
        assertEquals("SyncOptions[runner]", options.toString());
    }
}
