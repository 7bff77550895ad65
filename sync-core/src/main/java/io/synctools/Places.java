package io.synctools;

import io.synctools.config.ListFault;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Finds items that claim one place, and collects them with all other faults of a plan. Not thread-safe. */
final class Places {
    private final Map<String, SyncItem> claimed = new HashMap<>();
    private final Set<ListFault> faults = new LinkedHashSet<>();

    /**
     * An item claims a place of its target, whose letters' case makes no difference: the disk may not know it.
     *
     * @param place as the target tells it; empty where items may share a place
     */
    void claim(SyncItem item, String place) {
        if (place.isEmpty()) {
            return;
        }
        SyncItem before = claimed.putIfAbsent(item.to().scheme() + ":" + place.toLowerCase(Locale.ROOT), item);
        if (before != null) {
            refuse(
                    item.declaredAt(),
                    item.from() + " and " + before.from() + where(before.declaredAt()) + " both go to " + place
                            + "; keep one of them, or give one another place");
        }
    }

    void refuse(Place place, String message) {
        faults.add(new ListFault(place, true, message));
    }

    /** @throws PlanException if there is a fault */
    void check() {
        if (!faults.isEmpty()) {
            throw new PlanException(List.copyOf(new ArrayList<>(faults)));
        }
    }

    private static String where(Place place) {
        return place.equals(Place.NONE) ? "" : " (" + place + ")";
    }
}
