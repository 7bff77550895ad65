package io.synctools.config;

import io.synctools.model.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the faults of one reading. */
final class Faults {
    private final List<ListFault> found = new ArrayList<>();
    private int errors;

    void error(Place place, String message) {
        found.add(ListFault.error(place, message));
        errors++;
    }

    void warning(Place place, String message) {
        found.add(ListFault.warning(place, message));
    }

    void addAll(List<ListFault> more) {
        found.addAll(more);
        errors += (int) more.stream().filter(ListFault::error).count();
    }

    /** How many errors so far. */
    int errors() {
        return errors;
    }

    /** In the order of the places; files in the order in which they were read. */
    List<ListFault> inOrder(List<String> files) {
        List<ListFault> sorted = new ArrayList<>(found);
        sorted.sort(Comparator.<ListFault>comparingInt(
                        fault -> files.indexOf(fault.place().file()))
                .thenComparingInt(fault -> fault.place().line())
                .thenComparingInt(fault -> fault.place().column()));
        return List.copyOf(sorted);
    }
}
