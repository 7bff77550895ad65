package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import org.junit.jupiter.api.Test;

class PageBoundTest {

    @Test
    void longListingsOfFullPagesAreRead() {
        PageBound bound = new PageBound("hub: repo");
        for (int page = 0; page < 1350; page++) {
            bound.passed(200);
        }
    }

    @Test
    void pagesOrRowsWithoutEndAreNot() {
        for (int rows : new int[] {0, 1, 20, 1_000_000}) {
            PageBound bound = new PageBound("hub: repo");
            SyncException e = assertThrows(SyncException.class, () -> {
                for (int page = 0; page < 100_000; page++) {
                    bound.passed(rows);
                }
            });
            assertEquals(FailureKind.INCOMPATIBLE, e.kind());
            assertTrue(String.valueOf(e.getMessage()).startsWith("hub: repo: the listing never ends"), e.getMessage());
        }
    }
}
