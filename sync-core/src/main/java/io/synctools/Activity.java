package io.synctools;

import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a run is doing at one moment; ask twice to know the speed.
 *
 * <p>Immutable and thread-safe.
 *
 * @param items in the plan
 * @param itemsDone of these, ended
 * @param entries to fetch, as far as known
 * @param entriesDone of these, settled
 * @param bytes to fetch, as far as known; 0 for images
 * @param bytesDone of these, on disk
 * @param bytesReceived body bytes that came over the network, wasted ones included
 * @param transfers the entries being fetched, longest running first
 * @param pauses hosts that asked to wait, with the time that is left
 */
public record Activity(
        int items,
        int itemsDone,
        long entries,
        long entriesDone,
        long bytes,
        long bytesDone,
        long bytesReceived,
        List<Transfer> transfers,
        Map<String, Duration> pauses) {

    public Activity {
        transfers = List.copyOf(transfers);
        pauses = Map.copyOf(pauses);
    }

    /**
     * One entry being fetched.
     *
     * @param item whose entry
     * @param entry which
     * @param done bytes of it that are on disk, at most its size
     */
    public record Transfer(SyncItem item, Entry entry, long done) {}
}
