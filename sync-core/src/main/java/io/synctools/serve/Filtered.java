package io.synctools.serve;

import io.synctools.model.FailureKind;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** How the listing of a snapshot that was filtered says so. */
public final class Filtered {
    /** The header with {@link io.synctools.model.NameFilter#text()}; what no header may hold is percent-encoded. */
    public static final String HEADER = "X-Sync-Filter";

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Filtered() {}

    /** The value of the header for a filter. */
    public static String header(String filter) {
        StringBuilder value = new StringBuilder();
        for (byte b : filter.getBytes(StandardCharsets.UTF_8)) {
            if (b > ' ' && b < 0x7f && b != '%') {
                value.append((char) b);
            } else {
                value.append('%').append(HEX.toHexDigits(b));
            }
        }
        return value.toString();
    }

    /**
     * Refuses to take a snapshot that was filtered for the whole, or for another part of it.
     *
     * @param served the filter that a hub tells; empty where it serves all
     * @param declared of who wants it
     * @param what the hub and the repository, for the message
     * @throws SyncException {@code INCOMPATIBLE}
     */
    public static void requireSame(String served, NameFilter declared, String what) {
        if (!served.isEmpty() && !served.equals(declared.text())) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    what + ": this mirror holds only " + served + " of it, and "
                            + (declared.text().isEmpty() ? "all" : declared.text())
                            + " is declared; declare the same patterns, or take it from the hub itself");
        }
    }

    /** The filter that a header tells. */
    public static String filter(String header) {
        try {
            return URLDecoder.decode(header.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return header; // none of ours, and so like no filter
        }
    }
}
