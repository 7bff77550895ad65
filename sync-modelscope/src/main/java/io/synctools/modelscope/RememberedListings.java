package io.synctools.modelscope;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code pin} listed, kept until {@code list} asks for it: in most runs most of it is never asked for, so the oldest
 * are forgotten. Thread-safe.
 */
final class RememberedListings {
    private final int most;

    @GuardedBy("this")
    private final Map<ArtifactRef, List<Entry>> listings = new LinkedHashMap<>();

    @GuardedBy("this")
    private int entries;

    /** @param most entries to keep in all; the newest listing is kept whatever its size */
    RememberedListings(int most) {
        this.most = most;
    }

    synchronized void put(ArtifactRef pinned, List<Entry> files) {
        take(pinned);
        listings.put(pinned, files);
        entries += files.size();
        Iterator<List<Entry>> oldest = listings.values().iterator();
        while (entries > most && listings.size() > 1) {
            entries -= oldest.next().size();
            oldest.remove();
        }
    }

    /** Hands a listing out and forgets it. */
    synchronized Optional<List<Entry>> take(ArtifactRef pinned) {
        Optional<List<Entry>> files = Optional.ofNullable(listings.remove(pinned));
        files.ifPresent(list -> entries -= list.size());
        return files;
    }
}
