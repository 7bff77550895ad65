package io.synctools.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PathPatternsTest {

    private static NameFilter allow(String... patterns) {
        return PathPatterns.of(Optional.of(List.of(patterns)), List.of());
    }

    @Test
    void everyPatternOfTheClientsOwnLanguageChoosesAlike() throws IOException {
        int rows = 0;
        for (String line : table()) {
            String[] row = line.split("\t", -1);
            NameFilter filter = allow(decode(row[0]));
            assertEquals(Boolean.valueOf(row[2]), filter.accepts(decode(row[1])), line);
            rows++;
        }
        assertTrue(rows > 500, "rows: " + rows);
    }

    @Test
    void aPathIsKeptByAnyAllowPatternUnlessOneIgnoresIt() {
        NameFilter filter = PathPatterns.of(Optional.of(List.of("*.json", "*.txt")), List.of("private/", "*.secret.*"));

        assertTrue(filter.accepts("a/config.json"));
        assertTrue(filter.accepts("readme.txt"));
        assertFalse(filter.accepts("model.bin"));
        assertFalse(filter.accepts("private/a.json"));
        assertFalse(filter.accepts("a.secret.json"));
    }

    @Test
    void aMissingAllowListKeepsAllAnEmptyOneNothing() {
        assertSame(NameFilter.ALL, PathPatterns.of(Optional.empty(), List.of()));
        assertTrue(PathPatterns.of(Optional.empty(), List.of("x")).accepts("y"));
        assertFalse(PathPatterns.of(Optional.of(List.of()), List.of()).accepts("y"));
    }

    @Test
    void theTextDoesNotDependOnOrderOrDoublesButOnEveryPattern() {
        NameFilter one = PathPatterns.of(Optional.of(List.of("b", "a/", "b")), List.of("c"));
        NameFilter same = PathPatterns.of(Optional.of(List.of("a\\*", "b")), List.of("c"));

        assertEquals(one, same);
        assertEquals(one.text(), same.text());
        assertEquals(one.hashCode(), same.hashCode());
        assertNotEquals(one, PathPatterns.of(Optional.of(List.of("b", "a/")), List.of()));
        assertNotEquals(
                PathPatterns.of(Optional.of(List.of("a\", \"b")), List.of()),
                PathPatterns.of(Optional.of(List.of("a", "b")), List.of()));
        assertNotEquals("", PathPatterns.of(Optional.of(List.of()), List.of()).text());
    }

    @Test
    void manyStarsTakeNoExponentialTime() {
        NameFilter filter = allow("*a".repeat(200) + "b");
        String path = "a".repeat(4_000);

        assertFalse(assertTimeoutPreemptively(Duration.ofSeconds(5), () -> filter.accepts(path)));
    }

    private static List<String> table() throws IOException {
        try (InputStream in = Objects.requireNonNull(PathPatternsTest.class.getResourceAsStream("fnmatch.tsv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    private static String decode(String text) {
        return Pattern.compile("%([0-9A-F]{6})")
                .matcher(text)
                .replaceAll(hex -> java.util.regex.Matcher.quoteReplacement(
                        Character.toString(Integer.parseInt(hex.group(1), 16))));
    }
}
