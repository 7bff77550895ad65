package io.synctools.config;

import io.synctools.model.SyncItem;
import java.util.List;
import java.util.stream.Stream;

/**
 * What lists declare, and what is wrong with them. With an error nothing of it may be run.
 *
 * @param items in the order of the lists, each once
 * @param faults errors and warnings in the order of files and places
 */
public record ListReading(List<SyncItem> items, List<ListFault> faults) {

    public ListReading {
        items = List.copyOf(items);
        faults = List.copyOf(faults);
    }

    /** Whether a run must not begin. */
    public boolean hasErrors() {
        return faults.stream().anyMatch(ListFault::error);
    }

    /** Both readings, one after the other. */
    public ListReading and(ListReading other) {
        return new ListReading(
                Stream.concat(items.stream(), other.items.stream()).toList(),
                Stream.concat(faults.stream(), other.faults.stream()).toList());
    }
}
