package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Retry-After | 30",
                "Retry-After | ' 30 '",
                "Retry-After | 30.7",
                "Retry-After | Thu, 01 Jan 2026 00:00:30 GMT",
                "Retry-After | Thursday, 01-Jan-26 00:00:30 GMT",
                "Retry-After | Thu Jan  1 00:00:30 2026",
                "RateLimit | \"api\";r=0;t=30",
                "RateLimit | \"api\"; t=30; r=0",
                "RateLimit | \"api\";r=0;t=30, \"pages\";r=7;t=300",
                "RateLimit | \"a\";r=0;t=10, \"b\";r=0;t=30",
                "RateLimit | 'limit=500, remaining=0, reset=30'",
                "RateLimit-Reset | 30"
            })
    void readsEveryForm(String name, String value) {
        assertEquals(Optional.of(Duration.ofSeconds(30)), pause(Map.of(name, List.of(value))));
    }

    @Test
    void readsADateAgainstTheServersOwnClock() {
        assertEquals(
                Optional.of(Duration.ofSeconds(30)),
                pause(Map.of(
                        "Date", List.of("Fri, 01 Jan 2027 12:00:00 GMT"),
                        "Retry-After", List.of("Fri, 01 Jan 2027 12:00:30 GMT"))));
    }

    @Test
    void takesADateInThePastAsNoPause() {
        assertEquals(
                Optional.of(Duration.ZERO), pause(Map.of("Retry-After", List.of("Wed, 31 Dec 2025 00:00:00 GMT"))));
    }

    @Test
    void takesTheLongestOfSeveralHints() {
        assertEquals(
                Optional.of(Duration.ofSeconds(40)),
                pause(Map.of("Retry-After", List.of("5"), "RateLimit", List.of("\"api\";r=0;t=40"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "-5",
                "99999999999999999999",
                "Thu, 01 Foo 2026 00:00:30 GMT",
                "Thu, 32 Jan 2026 00:00:30 GMT",
                "1e9"
            })
    void ignoresWhatItCannotRead(String value) {
        assertEquals(Optional.empty(), pause(Map.of("Retry-After", List.of(value))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"api\"", "\"api\";r=5;t=30", "limit=1, remaining=3, reset=30", ";;;=,"})
    void asksForNoPauseWhileThereIsQuota(String value) {
        assertEquals(Optional.empty(), pause(Map.of("RateLimit", List.of(value))));
    }

    private static Optional<Duration> pause(Map<String, List<String>> headers) {
        return RetryAfter.pause(name -> headers.getOrDefault(name, List.of()), NOW);
    }
}
