package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RangeLengthTest {
    private static final long MIB = 1 << 20;
    private static final long SECOND = 1_000_000_000;

    private static long after(long most, long bytesPerSecond) {
        RangeLength length = new RangeLength(most);
        for (int i = 0; i < 20; i++) {
            length.brought(length.next(), length.next() * SECOND / bytesPerSecond);
        }
        return length.next();
    }

    @Test
    void takesAboutASecondOfAConnection() {
        assertEquals(4 * MIB, after(16 * MIB, 4 * MIB), 1024.0);
    }

    @Test
    void isNeverSoShortThatAskingCostsMoreThanFetching() {
        assertEquals(2 * MIB, after(16 * MIB, MIB / 10));
    }

    @Test
    void isNeverLongerThanAPart() {
        assertEquals(16 * MIB, after(16 * MIB, 200 * MIB));
        assertEquals(MIB / 2, after(MIB / 2, 200 * MIB));
    }

    @Test
    void whatLayInABufferTellsNothing() {
        RangeLength length = new RangeLength(16 * MIB);
        long first = length.next();
        length.brought(8192, 10);
        assertEquals(first, length.next());
        assertTrue(first < 16 * MIB);
    }
}
