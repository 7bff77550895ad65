package io.synctools.examples;

import io.synctools.Sharding;
import io.synctools.internal.retry.Retrier;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.PlannedShard;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.skopeo.ImageSizes;
import io.synctools.skopeo.RegistrySource;
import io.synctools.spi.RunContext;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Divides image rules among machines by what their tags hold: whole repositories, and one that is more than a machine's
 * share tag by tag. Used once, by one thread.
 */
final class ImageSharding {
    private final RunContext context;
    private final PrintStream notes;
    private final Map<String, Map<String, Long>> tagsByLabel = new LinkedHashMap<>();
    private final Map<ArtifactRef, Map<String, Long>> sizes = new HashMap<>();
    private final Set<String> unread = new LinkedHashSet<>();

    /** @param notes hears what could not be sized, and which pulls were counted */
    ImageSharding(RunContext context, PrintStream notes) {
        this.context = context;
        this.notes = notes;
    }

    /** Whether some rule could not be listed or sized. */
    boolean failed() {
        return !unread.isEmpty();
    }

    /** The shares of a plan of images. */
    List<PlannedShard> of(SyncPlan plan, int count) throws InterruptedException {
        Map<SyncItem, List<String>> declared = declared(plan);
        size(declared);
        long mean = mean();
        long total = 0;
        for (Map.Entry<SyncItem, List<String>> rule : declared.entrySet()) {
            Map<String, Long> tags = tagsByLabel.computeIfAbsent(rule.getKey().label(), name -> new LinkedHashMap<>());
            for (String tag : rule.getValue()) {
                long bytes = known(rule.getKey(), tag, mean);
                tags.merge(tag, bytes, Long::sum);
                total += bytes;
            }
        }
        Map<String, Long> weights = weights(total / count);
        Map<String, Long> bytes = new HashMap<>();
        weights.keySet().forEach(name -> bytes.put(name, isSized() ? weights.get(name) : 0));
        List<PlannedShard> shares = new ArrayList<>();
        for (PlannedShard share : Sharding.balanced(weights, count)) {
            long sum = share.items().stream().mapToLong(bytes::get).sum();
            shares.add(new PlannedShard(share.shard(), share.items(), sum));
        }
        return shares;
    }

    private Map<SyncItem, List<String>> declared(SyncPlan plan) throws InterruptedException {
        RegistrySource source = RegistrySource.of(context);
        Map<SyncItem, List<String>> declared = new LinkedHashMap<>();
        for (SyncItem item : plan.items()) {
            try {
                List<Entry> tags = Retrier.of(context)
                        .call("list " + item.from(), () -> source.list(item.from(), item.filter()))
                        .entries();
                declared.put(item, tags.stream().map(Entry::path).toList());
            } catch (SyncException e) {
                unknown(item, e);
                declared.put(item, List.of());
            }
        }
        return declared;
    }

    private void size(Map<SyncItem, List<String>> declared) throws InterruptedException {
        ImageSizes registry = ImageSizes.of(context);
        Map<ArtifactRef, Set<String>> tags = new LinkedHashMap<>();
        declared.forEach((item, names) ->
                tags.computeIfAbsent(item.from(), from -> new LinkedHashSet<>()).addAll(names));
        for (Map.Entry<SyncItem, List<String>> rule : declared.entrySet()) {
            ArtifactRef from = rule.getKey().from();
            Set<String> asked = tags.remove(from);
            if (asked == null) {
                continue;
            }
            try {
                ImageSizes.Sizes found = registry.of(from, asked);
                sizes.put(from, found.bytes());
                found.note().filter(note -> !asked.isEmpty()).ifPresent(notes::println);
            } catch (SyncException e) {
                unknown(rule.getKey(), e);
            }
        }
    }

    private void unknown(SyncItem item, SyncException why) {
        unread.add(item.label());
        notes.println(item.from() + ": size unknown, counted as the mean of the others: " + why.kind() + ": "
                + why.getMessage());
    }

    private boolean isSized() {
        return sizes.values().stream().anyMatch(tags -> !tags.isEmpty());
    }

    /** Bytes of a tag, on the average. */
    private long mean() {
        return Math.max(1, (long) sizes.values().stream()
                .flatMap(tags -> tags.values().stream())
                .mapToLong(Long::longValue)
                .average()
                .orElse(1));
    }

    private long known(SyncItem item, String tag, long mean) {
        return sizes.getOrDefault(item.from(), Map.of()).getOrDefault(tag, mean);
    }

    /** By what shares name: repositories, and the tags of those that are more than one share. */
    private Map<String, Long> weights(long fair) {
        Map<String, Long> weights = new LinkedHashMap<>();
        long mean = (long) tagsByLabel.values().stream()
                .filter(tags -> !tags.isEmpty())
                .mapToLong(ImageSharding::sum)
                .average()
                .orElse(1);
        tagsByLabel.forEach((label, tags) -> {
            long all = sum(tags);
            if (all > fair && tags.size() > 1) {
                tags.forEach((tag, bytes) -> weights.put(label + ":" + tag, bytes));
            } else {
                weights.put(label, tags.isEmpty() ? mean : all);
            }
        });
        return weights;
    }

    private static long sum(Map<String, Long> tags) {
        return tags.values().stream().mapToLong(Long::longValue).sum();
    }
}
