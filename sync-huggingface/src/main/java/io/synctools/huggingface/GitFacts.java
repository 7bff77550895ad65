package io.synctools.huggingface;

import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the hub says of a file beyond size and checksum, and only its clients' listing cache wants to know. Kept in one
 * short attribute of the entry, since a listing may have 270,000 of them.
 *
 * @param blobId id of what git stores: the file, or the pointer to it
 * @param xetHash 64 hexadecimal digits; null where the file has none
 */
record GitFacts(String blobId, @Nullable String xetHash) {
    private static final String KEY = "git";
    private static final int BLOB_ID_LENGTH = 40;

    /** The attributes of an entry of which {@link #of} reads these facts again. */
    Map<String, String> asAttributes() {
        byte[] both = HexFormat.of().parseHex(xetHash == null ? blobId : blobId + xetHash);
        return Map.of(KEY, Base64.getEncoder().encodeToString(both));
    }

    /** The facts of an entry that this module listed; empty for entries of other platforms. */
    static Optional<GitFacts> of(Entry entry) {
        String kept = entry.attributes().get(KEY);
        if (kept != null) {
            String both = HexFormat.of().formatHex(Base64.getDecoder().decode(kept));
            String xet = both.substring(BLOB_ID_LENGTH);
            return Optional.of(new GitFacts(both.substring(0, BLOB_ID_LENGTH), xet.isEmpty() ? null : xet));
        }
        return entry.checksum()
                .filter(checksum -> checksum.algorithm() == Checksum.Algorithm.GIT_BLOB)
                .map(checksum -> new GitFacts(checksum.hex(), null));
    }
}
