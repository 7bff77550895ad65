package io.synctools.model;

import java.util.List;
import java.util.Objects;

/**
 * One machine's share of a plan that was divided by size: unlike a {@link Shard} alone, which tells its items by hash, it
 * names them.
 *
 * <p>Immutable and thread-safe.
 *
 * @param shard which share of how many
 * @param items the labels of its items ({@link SyncItem#label()}), of images also {@code label:tag} for a part of one; none
 *     twice; may be empty where shares outnumber items
 * @param bytes of its items together, as far as known when it was made; at least 0
 */
public record PlannedShard(Shard shard, List<String> items, long bytes) {

    public PlannedShard {
        Objects.requireNonNull(shard, "shard");
        items = List.copyOf(items);
        if (bytes < 0) {
            throw new IllegalArgumentException("a share of " + bytes + " bytes");
        }
    }
}
