package io.synctools.report;

import io.synctools.Outcome;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;

/** The one word for why an item is not there: the kind of a failure, or that another runner holds the item. */
public final class ItemReason {
    private ItemReason() {}

    /** For one of the item's failures. */
    public static String of(Item item, Failure failure) {
        return item.outcome() == Outcome.HELD_BY_ANOTHER
                ? item.outcome().name()
                : failure.kind().name();
    }

    /** For the item as a whole. */
    public static String of(Item item) {
        return item.failures().isEmpty()
                ? item.outcome().name()
                : of(item, item.failures().get(0));
    }
}
