package io.synctools.report;

import io.synctools.SyncReport.Item;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What items of reports are called: by where they come from, and an image that goes to several places by where it goes,
 * too. Immutable.
 */
public final class ItemNames {
    private static final String IMAGES = "docker:";

    private final Set<String> ambiguous = new HashSet<>();

    /** The names of these items, and of others like them. */
    public ItemNames(Collection<Item> items) {
        Map<String, String> destinations = new HashMap<>();
        for (Item item : items) {
            String other = destinations.putIfAbsent(item.name(), item.to());
            if (other != null && !other.equals(item.to()) && item.from().startsWith(IMAGES)) {
                ambiguous.add(item.name());
            }
        }
    }

    /** What an item is called. */
    public String of(Item item) {
        return ambiguous.contains(item.name()) ? item.name() + " -> " + item.to() : item.name();
    }
}
