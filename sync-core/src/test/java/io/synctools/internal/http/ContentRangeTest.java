package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentRangeTest {

    @Test
    void readsARange() {
        ContentRange range = ContentRange.parse("bytes 5-9/20").orElseThrow();

        assertEquals(new ContentRange(5, 9, OptionalLong.of(20)), range);
        assertEquals(5, range.length());
    }

    @Test
    void readsAnUnknownTotal() {
        assertEquals(Optional.of(new ContentRange(0, 0, OptionalLong.empty())), ContentRange.parse(" BYTES  0-0 / * "));
    }

    @Test
    void readsWhatA416Carries() {
        ContentRange none = ContentRange.parse("bytes */1234").orElseThrow();

        assertEquals(OptionalLong.of(1234), none.total());
        assertEquals(0, none.length());
    }

    @Test
    void readsNumbersBeyondFourGigabytes() {
        assertEquals(
                1_200_000_000_000L,
                ContentRange.parse("bytes 1199999999999-1199999999999/1200000000000")
                        .orElseThrow()
                        .total()
                        .getAsLong());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes 5-4/20",
                "bytes 5-20/20",
                "bytes */*",
                "items 0-1/2",
                "bytes -5-9/20",
                "bytes 0-1/2, 3-4/5",
                "bytes 0-99999999999999999999/999999999999999999999",
                "0-1/2"
            })
    void refusesWhatIsMalformedOrContradictsItself(String header) {
        assertEquals(Optional.empty(), ContentRange.parse(header));
    }
}
