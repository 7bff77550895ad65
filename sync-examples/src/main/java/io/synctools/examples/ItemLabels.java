package io.synctools.examples;

import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.util.HashSet;
import java.util.Set;

/**
 * What items of a plan are called while it runs: by their labels, and images by where they come from and where they go where
 * a label does not tell them apart. Immutable.
 */
final class ItemLabels {
    private final Set<String> ambiguous = new HashSet<>();

    /** The names of a plan's items. */
    ItemLabels(SyncPlan plan) {
        Set<String> seen = new HashSet<>();
        for (SyncItem item : plan.items()) {
            if (item.from().scheme().equals("docker") && !seen.add(item.label())) {
                ambiguous.add(item.label());
            }
        }
    }

    /** What an item is called. */
    String of(SyncItem item) {
        return ambiguous.contains(item.label())
                ? item.from().name() + " -> " + item.to().name()
                : item.label();
    }
}
