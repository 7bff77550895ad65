package io.synctools.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import io.synctools.model.PlannedShard;
import io.synctools.model.Shard;
import io.synctools.model.SyncPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code --shard} says: a share by its number, whose items a hash tells, or one of those that {@code plan --matrix}
 * printed, which names them.
 *
 * @param shard which share of how many
 * @param named the share's items, where they are named
 */
record ShardOption(Shard shard, Optional<PlannedShard> named) {
    /** Everything. */
    static final ShardOption ALL = new ShardOption(Shard.ALL, Optional.empty());

    /**
     * Reads {@code I/N}, or an object of {@code plan --matrix}.
     *
     * @throws IllegalArgumentException if the text is neither, saying what is
     */
    static ShardOption parse(String text) {
        if (!text.strip().startsWith("{")) {
            return new ShardOption(Shard.parse(text), Optional.empty());
        }
        PlannedShard share = share(text);
        return new ShardOption(share.shard(), Optional.of(share));
    }

    private static PlannedShard share(String text) {
        try {
            JsonNode json = Json.MAPPER.readTree(text);
            if (!json.path("items").isArray()) { // an absent list must not become an empty share, which does nothing
                throw new IllegalArgumentException("the share \"" + text + "\" has no items");
            }
            List<String> items = new ArrayList<>();
            json.path("items").forEach(item -> items.add(item.asText()));
            return new PlannedShard(
                    Shard.parse(json.path("shard").asText()),
                    items,
                    json.path("bytes").asLong());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "the share \"" + text + "\" is not whole; give one object of plan --matrix, in quotes", e);
        }
    }

    /** The form that {@link #parse} reads, as {@code plan --matrix} prints it. */
    static ObjectNode json(PlannedShard share) {
        ObjectNode json =
                Json.MAPPER.createObjectNode().put("shard", share.shard().toString());
        share.items().forEach(json.putArray("items")::add);
        return json.put("bytes", share.bytes());
    }

    /** The items of a plan that belong to it. */
    SyncPlan of(SyncPlan plan) {
        return named.map(plan::shard).orElseGet(() -> plan.shard(shard));
    }
}
