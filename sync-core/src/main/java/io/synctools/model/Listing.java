package io.synctools.model;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Everything that an artifact holds at one pinned revision, divided by the item's filter; complete, or it would not exist.
 *
 * <p>Immutable and thread-safe.
 *
 * @param entries what the filter kept, in the platform's order: what is declared
 * @param leftOut what the filter dropped; empty without a filter
 * @param attributes facts of the whole listing that only a target of the same platform understands
 */
public record Listing(List<Entry> entries, List<Entry> leftOut, Map<String, String> attributes) {

    public Listing {
        entries = List.copyOf(entries);
        leftOut = List.copyOf(leftOut);
        attributes = Map.copyOf(attributes);
    }

    /** Divides a complete list of entries by a filter. */
    public static Listing divide(List<Entry> all, NameFilter filter, Map<String, String> attributes) {
        if (filter.equals(NameFilter.ALL)) {
            return new Listing(all, List.of(), attributes);
        }
        var kept = new java.util.HashSet<>(filter.narrow(
                all.stream().map(Entry::path).filter(filter::accepts).toList()));
        Predicate<Entry> isKept = entry -> kept.contains(entry.path());
        return new Listing(
                all.stream().filter(isKept).toList(),
                all.stream().filter(isKept.negate()).toList(),
                attributes);
    }

    /** Sum of the declared entries' sizes in bytes; entries of unknown size count nothing. */
    public long bytes() {
        long sum = 0;
        for (Entry entry : entries) {
            sum += Math.max(0, entry.size());
        }
        return sum;
    }
}
