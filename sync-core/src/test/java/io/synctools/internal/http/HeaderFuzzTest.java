package io.synctools.internal.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.testing.Mutations;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a server sends in the headers that we read, reading it ends, and what is read makes sense. */
class HeaderFuzzTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Arbitrary<String> like(List<String> examples, List<String> words) {
        List<byte[]> bytes = examples.stream().map(text -> text.getBytes(UTF_8)).toList();
        return Mutations.of(bytes, words).map(mutated -> new String(mutated, UTF_8));
    }

    @Provide
    Arbitrary<String> ranges() {
        return like(
                List.of("bytes 0-9/20", "bytes */20", "bytes 5-9/*"),
                List.of("bytes", " ", "-", "/", "*", ",", "9", "0", "999999999999999999", "99999999999999999999"));
    }

    @Property(seed = "20260101")
    void aContentRangeIsSoundOrNone(@ForAll("ranges") String header) {
        ContentRange.parse(header).ifPresent(range -> {
            assertTrue(range.length() >= 0, header);
            assertTrue(range.start() < 0 || range.end() >= range.start(), header);
            assertTrue(range.total().isEmpty() || range.end() < range.total().getAsLong(), header);
            assertTrue(range.total().isPresent() || range.start() >= 0, header);
        });
    }

    @Provide
    Arbitrary<String> links() {
        return like(
                List.of(
                        "<https://hub/p?cursor=2>; rel=\"next\"",
                        "</a>; title=\"a, b; <c>\"; rel=prev, </b>;rel=\"x next\""),
                List.of("<", ">", ";", ",", "=", "\"", "\\", "rel", "next", "<a>; rel=next", " "));
    }

    @Property(seed = "20260101")
    void aNextLinkStandsInTheHeader(@ForAll("links") String header) {
        LinkHeader.next(List.of(header)).ifPresent(target -> {
            assertTrue(header.contains(target), header);
            assertFalse(target.contains(">"), header);
            // A backslash in a quoted value may stand before any letter.
            String plain = header.replace("\\", "").toLowerCase(java.util.Locale.ROOT);
            assertTrue(plain.contains("next"), header);
        });
    }

    @Provide
    Arbitrary<String> pauses() {
        return like(
                List.of(
                        "30",
                        "Thu, 01 Jan 2026 00:00:30 GMT",
                        "Thursday, 01-Jan-26 00:00:30 GMT",
                        "Thu Jan  1 00:00:30 2026",
                        "\"api\";r=0;t=30, \"b\";r=1;t=9",
                        "limit=5, remaining=0, reset=30"),
                List.of(";", ",", "=", "r", "t", "\"", "-", ":", "GMT", "9999", "999999999999", "reset", " "));
    }

    @Property(seed = "20260101")
    void aPauseIsNeverNegative(@ForAll("pauses") String header) {
        Stream.of("Retry-After", "RateLimit", "RateLimit-Reset", "Date")
                .forEach(name -> RetryAfter.pause(asked -> asked.equals(name) ? List.of(header) : List.of(), NOW)
                        .ifPresent(pause -> assertTrue(pause.compareTo(Duration.ZERO) >= 0, header)));
    }
}
