package io.synctools.model;

import java.util.ArrayList;
import java.util.HashMap;
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
 * @param attributes facts of the whole listing that only a target of the same platform understands; and, by
 *     {@link #refused}, what was listed and cannot be declared
 * @param notes what people should read about it, one sentence each
 */
public record Listing(List<Entry> entries, List<Entry> leftOut, Map<String, String> attributes, List<String> notes) {
    private static final String REFUSED = "refused:";

    public Listing {
        entries = List.copyOf(entries);
        leftOut = List.copyOf(leftOut);
        attributes = Map.copyOf(attributes);
        notes = List.copyOf(notes);
    }

    /** A listing of which there is nothing to say. */
    public Listing(List<Entry> entries, List<Entry> leftOut, Map<String, String> attributes) {
        this(entries, leftOut, attributes, List.of());
    }

    /**
     * The attributes that name what is listed and cannot be an entry, each with the reason: {@link #divide} makes a note of
     * those that the filter would have kept.
     */
    public static Map<String, String> refused(Map<String, String> reasons) {
        Map<String, String> attributes = new HashMap<>();
        reasons.forEach((name, reason) -> attributes.put(REFUSED + name, reason));
        return attributes;
    }

    /** Divides a complete list of entries by a filter. */
    public static Listing divide(List<Entry> all, NameFilter filter, Map<String, String> attributes) {
        if (filter.equals(NameFilter.ALL)) {
            return new Listing(all, List.of(), attributes, notes(filter, attributes));
        }
        var kept = new java.util.HashSet<>(filter.narrow(
                all.stream().map(Entry::path).filter(filter::accepts).toList()));
        Predicate<Entry> isKept = entry -> kept.contains(entry.path());
        return new Listing(
                all.stream().filter(isKept).toList(),
                all.stream().filter(isKept.negate()).toList(),
                attributes,
                notes(filter, attributes));
    }

    private static List<String> notes(NameFilter filter, Map<String, String> attributes) {
        return attributes.entrySet().stream()
                .filter(attribute -> attribute.getKey().startsWith(REFUSED)
                        && filter.accepts(attribute.getKey().substring(REFUSED.length())))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
    }

    /** The same with more to say. */
    public Listing noting(List<String> more) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(more);
        return new Listing(entries, leftOut, attributes, all);
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
