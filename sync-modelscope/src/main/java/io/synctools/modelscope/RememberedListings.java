package io.synctools.modelscope;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.model.ArtifactRef;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code pin} listed, kept until {@code list} asks for it: in most runs most of it is never asked for, so the oldest
 * are forgotten. Thread-safe.
 */
final class RememberedListings {
    private final int most;

    @GuardedBy("this")
    private final Map<ArtifactRef, ServedFiles> listings = new LinkedHashMap<>();

    @GuardedBy("this")
    private int entries;

    /** @param most entries to keep in all; the newest listing is kept whatever its size */
    RememberedListings(int most) {
        this.most = most;
    }

    synchronized void put(ArtifactRef pinned, ServedFiles files) {
        take(pinned);
        listings.put(pinned, files);
        entries += files.entries().size();
        Iterator<ServedFiles> oldest = listings.values().iterator();
        while (entries > most && listings.size() > 1) {
            entries -= oldest.next().entries().size();
            oldest.remove();
        }
    }

    /** Hands a listing out and forgets it. */
    synchronized Optional<ServedFiles> take(ArtifactRef pinned) {
        Optional<ServedFiles> files = Optional.ofNullable(listings.remove(pinned));
        files.ifPresent(list -> entries -= list.entries().size());
        return files;
    }
}
