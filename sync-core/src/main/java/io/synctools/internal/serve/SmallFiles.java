package io.synctools.internal.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The bytes of small files that were asked for lately, by what identifies their content. Thread-safe. */
final class SmallFiles {
    /** What is larger is read anew each time. */
    static final int LARGEST = 64 << 10;

    private final long room;

    @GuardedBy("this")
    private final Map<String, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("this")
    private long weight;

    /** @param room how many bytes all of them may have */
    SmallFiles(long room) {
        this.room = room;
    }

    synchronized Optional<byte[]> of(String identity) {
        return Optional.ofNullable(kept.get(identity));
    }

    synchronized void keep(String identity, byte[] bytes) {
        if (kept.putIfAbsent(identity, bytes) == null) {
            weight += bytes.length;
            for (Iterator<byte[]> oldest = kept.values().iterator(); weight > room; ) {
                weight -= oldest.next().length;
                oldest.remove();
            }
        }
    }
}
