package io.synctools.huggingface;

import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the hub says of a file beyond size and checksum, and only its clients' listing cache wants to know. Kept in one
 * attribute of the entry, since a listing may have 270,000 of them.
 *
 * @param blobId id of what git stores: the file, or the pointer to it
 * @param xetHash 64 hexadecimal digits; null where the file has none
 */
record GitFacts(String blobId, @Nullable String xetHash) {
    private static final String KEY = "git";

    /** The attributes of an entry of which {@link #of} reads these facts again. */
    Map<String, String> asAttributes() {
        return Map.of(KEY, xetHash == null ? blobId : blobId + " " + xetHash);
    }

    /** The facts of an entry that this module listed; empty for entries of other platforms. */
    static Optional<GitFacts> of(Entry entry) {
        String kept = entry.attributes().get(KEY);
        if (kept != null) {
            int blank = kept.indexOf(' ');
            return Optional.of(
                    blank < 0
                            ? new GitFacts(kept, null)
                            : new GitFacts(kept.substring(0, blank), kept.substring(blank + 1)));
        }
        return entry.checksum()
                .filter(checksum -> checksum.algorithm() == Checksum.Algorithm.GIT_BLOB)
                .map(checksum -> new GitFacts(checksum.hex(), null));
    }
}
