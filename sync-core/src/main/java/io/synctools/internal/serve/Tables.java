package io.synctools.internal.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.serve.FileTable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The tables of snapshots asked for lately, as many as fit into a share of the memory. Thread-safe. */
final class Tables {

    /** Reads a table from disk. */
    interface Reading {
        /**
         * Reads it.
         *
         * @param moves to be told of each part that was read
         */
        FileTable read(Runnable moves) throws IOException;
    }

    private final long room;

    @GuardedBy("this")
    private final Map<ProofKey, FileTable> kept = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("this")
    private long weight;

    /** @param room roughly how many bytes all of them may take; one that takes more is kept alone */
    Tables(long room) {
        this.room = room;
    }

    /** The table of a proof. One of a disk at a time is read, so that many who ask at once cost the memory of one. */
    FileTable of(ProofKey proof, DiskGate disk, Reading anew) throws IOException {
        Optional<FileTable> known = known(proof);
        if (known.isPresent()) {
            return known.get();
        }
        return disk.ask(moves -> {
                    synchronized (disk) {
                        Optional<FileTable> meanwhile = known(proof);
                        if (meanwhile.isPresent()) {
                            return meanwhile.get();
                        }
                        FileTable table = anew.read(moves);
                        keep(proof, table);
                        return table;
                    }
                })
                .get();
    }

    /** Whether one more of that many files would still fit. */
    synchronized boolean hasRoomFor(long files) {
        return weight + files * 128 < room;
    }

    /** The table of a proof, where it is in memory. */
    synchronized Optional<FileTable> known(ProofKey proof) {
        return Optional.ofNullable(kept.get(proof));
    }

    private synchronized void keep(ProofKey proof, FileTable table) {
        kept.put(proof, table);
        weight += table.weight();
        for (Iterator<FileTable> oldest = kept.values().iterator(); weight > room && kept.size() > 1; ) {
            weight -= oldest.next().weight();
            oldest.remove();
        }
    }
}
