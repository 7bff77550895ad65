package io.synctools.mirror;

import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import java.util.List;

/**
 * One entry of a list, and every place where a flow may have put it.
 *
 * @param places the same entry for each layout that could hold it; at least one
 */
public record Declared(List<SyncItem> places) {

    public Declared {
        places = List.copyOf(places);
        if (places.isEmpty()) {
            throw new IllegalArgumentException("what is declared has a place");
        }
    }

    /** For messages. */
    String text() {
        SyncItem item = places.get(0);
        return item.from() + (item.declaredAt().equals(Place.NONE) ? "" : " (" + item.declaredAt() + ")");
    }
}
