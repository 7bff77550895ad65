package io.synctools.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a flow declares: a value, composed and tested without network or disk.
 *
 * <p>Immutable and thread-safe.
 *
 * @param flow the flow's name, for example {@code vllm-guiyang003}
 * @param items in the order of the lists, each of this {@link SyncItem#flow}; none twice
 * @param warnings what people should know although nothing stops, one sentence each
 * @param shard the share of the declared items that this plan holds
 */
public record SyncPlan(String flow, List<SyncItem> items, List<String> warnings, Shard shard) {

    public SyncPlan {
        Objects.requireNonNull(shard, "shard");
        if (flow.isBlank()) {
            throw new IllegalArgumentException("a plan needs the name of its flow");
        }
        items = items.stream().map(item -> item.in(flow)).toList();
        if (new HashSet<>(items).size() < items.size()) {
            throw new IllegalArgumentException("an item stands twice in the plan of " + flow);
        }
        warnings = List.copyOf(warnings);
    }

    /** Begins a plan for a flow. */
    public static Builder builder(String flow) {
        return new Builder(flow);
    }

    /** A plan of these items; the same item twice becomes one, with a warning. */
    public static SyncPlan of(String flow, Collection<SyncItem> items) {
        return builder(flow).addAll(items).build();
    }

    /**
     * The items whose {@link SyncItem#label()} matches one of the globs, in which {@code *} stands for any text, also
     * across slashes, and {@code ?} for one character; all items where no glob is given.
     *
     * @throws IllegalArgumentException if a glob matches nothing, naming it
     */
    public SyncPlan only(List<String> globs) {
        if (globs.isEmpty()) {
            return this;
        }
        Map<String, Pattern> patterns = new LinkedHashMap<>();
        globs.forEach(glob -> patterns.put(glob, pattern(glob)));
        patterns.forEach((glob, pattern) -> {
            if (items.stream().noneMatch(item -> matches(pattern, item))) {
                throw new IllegalArgumentException("\"" + glob + "\" matches none of the " + items.size()
                        + (items.size() == 1 ? " item" : " items") + " of " + flow);
            }
        });
        List<SyncItem> kept = items.stream()
                .filter(item -> patterns.values().stream().anyMatch(pattern -> matches(pattern, item)))
                .toList();
        return new SyncPlan(flow, kept, warnings, shard);
    }

    /** What belongs to a share: whole items, of images the tags one by one. */
    public SyncPlan shard(Shard share) {
        List<SyncItem> kept =
                items.stream().flatMap(item -> item.shard(share).stream()).toList();
        return new SyncPlan(flow, kept, warnings, share);
    }

    /** What a share names, whole items or tags of them; a name that no item has becomes a warning. */
    public SyncPlan shard(PlannedShard share) {
        Set<String> named = new LinkedHashSet<>(share.items());
        List<SyncItem> kept =
                items.stream().flatMap(item -> item.shard(share).stream()).toList();
        List<String> warned = new ArrayList<>(warnings);
        kept.forEach(item -> named.removeIf(
                name -> name.equals(item.label()) || item.tag(name).isPresent()));
        named.forEach(label -> warned.add(
                "share " + share.shard() + " names " + label + ", which is not declared; the list has changed since"));
        return new SyncPlan(flow, kept, warned, share.shard());
    }

    private static boolean matches(Pattern pattern, SyncItem item) {
        return pattern.matcher(item.label()).matches();
    }

    private static Pattern pattern(String glob) {
        String regex = glob.codePoints()
                .mapToObj(c -> switch (c) {
                    case '*' -> ".*";
                    case '?' -> ".";
                    default -> Pattern.quote(Character.toString(c));
                })
                .collect(Collectors.joining());
        return Pattern.compile(regex, Pattern.DOTALL);
    }

    /** Composes a plan. Not thread-safe. */
    public static final class Builder {
        private final String flow;
        private final Map<List<Object>, SyncItem> items = new LinkedHashMap<>();
        private final List<String> warnings = new ArrayList<>();

        private Builder(String flow) {
            this.flow = flow;
        }

        /** Adds an item; one that is there already is kept once, with a warning that names both places. */
        public Builder add(SyncItem item) {
            SyncItem first = items.putIfAbsent(
                    List.of(item.from(), item.to(), item.filter().text()), item);
            if (first != null) {
                String where = item.declaredAt().equals(Place.NONE) ? "" : item.declaredAt() + ": ";
                String before = first.declaredAt().equals(Place.NONE)
                        ? "an item before"
                        : first.declaredAt().toString();
                warnings.add(where + "warning: " + item.from() + " is the same entry as at " + before
                        + "; it is done once, remove one of them");
            }
            return this;
        }

        /** Adds items in their order, as {@link #add}. */
        public Builder addAll(Collection<SyncItem> more) {
            more.forEach(this::add);
            return this;
        }

        /** Adds a warning: one sentence, with its place in front where it has one. */
        public Builder warn(String warning) {
            warnings.add(warning);
            return this;
        }

        /** The plan; one without items warns of that. */
        public SyncPlan build() {
            List<String> all = new ArrayList<>(warnings);
            if (items.isEmpty()) {
                all.add(flow + ": nothing is declared, so there is nothing to do");
            }
            return new SyncPlan(flow, List.copyOf(items.values()), all, Shard.ALL);
        }
    }
}
