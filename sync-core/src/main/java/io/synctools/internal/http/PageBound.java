package io.synctools.internal.http;

import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;

/**
 * Ends the listing of a hub whose pages never do: after a number of pages, and before its rows fill the memory. Not
 * thread-safe.
 */
public final class PageBound {
    /** Of a thousand rows each that is more than any repository holds. */
    private static final int MOST_PAGES = 4000;
    /** Pages that lead on are full; a hub that sends crumbs for ever is not waited for. */
    private static final int CRUMBS = 50;

    private static final int FULL = 10;
    /** What a listed file takes in memory, about. */
    private static final int BYTES_PER_ROW = 240;

    private static final long MOST_ROWS = Math.max(300_000, Runtime.getRuntime().maxMemory() / BYTES_PER_ROW);

    private final String what;
    private int pages;
    private long rows;

    /** @param what is listed, and by whom, for the message */
    public PageBound(String what) {
        this.what = what;
    }

    /**
     * One page more was read, and another one is to follow.
     *
     * @throws SyncException if it is one too many
     */
    public void passed(int rowsOfThePage) {
        pages++;
        rows += rowsOfThePage;
        if (rowsOfThePage == 0) {
            throw endless("page " + pages + " is empty and leads on");
        }
        if (pages >= CRUMBS && rows < (long) pages * FULL) {
            throw endless("its first " + pages + " pages hold " + rows + " rows and lead on");
        }
        if (pages == MOST_PAGES) {
            throw endless("it has more than " + pages + " pages");
        }
        if (rows > MOST_ROWS) {
            throw endless("it has more than " + MOST_ROWS + " rows, for which there is no memory here");
        }
    }

    private SyncException endless(String fault) {
        return new SyncException(
                FailureKind.INCOMPATIBLE,
                what + ": the listing never ends: " + fault + "; check the hub's address, and whether a proxy answers");
    }
}
