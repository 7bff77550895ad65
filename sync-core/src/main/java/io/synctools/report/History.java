package io.synctools.report;

import io.synctools.SyncReport;
import io.synctools.SyncReport.Item;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the kept reports say together. Where a report names no runner, its flow stands for one. What a runner has is what the
 * newest report of each of its flows and shares says; a run of a part tells only of the items that it names. Read-only once
 * made.
 */
final class History {
    private static final int TRAIL = 8;
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private final List<SyncReport> runs;
    private final ItemNames names;
    private final SortedMap<String, SortedMap<Share, SyncReport>> newest = new TreeMap<>();
    private final SortedMap<String, Map<String, State>> states = new TreeMap<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private final Map<Track, Instant> lastThere = new HashMap<>();
    private final Map<Track, String> lastRevision = new HashMap<>();
    private final Map<Track, List<State>> trails = new HashMap<>();

    /** One item of one declared revision at one destination, as one runner sees it. */
    private record Track(String runner, String name, String to) {
        static Track of(SyncReport run, Item item) {
            return of(History.runner(run), item);
        }

        static Track of(String runner, Item item) {
            return new Track(runner, item.name(), item.to());
        }
    }

    /** A share of a flow, {@code index/count}. */
    private record Share(String flow, String index, String count) implements Comparable<Share> {
        private static final Comparator<Share> ORDER =
                Comparator.comparing(Share::flow).thenComparing(Share::count).thenComparing(Share::index);

        static Share of(SyncReport run) {
            int slash = run.shard().indexOf('/');
            return new Share(
                    run.flow(),
                    run.shard().substring(0, Math.max(0, slash)),
                    run.shard().substring(slash + 1));
        }

        @Override
        public int compareTo(Share other) {
            return ORDER.compare(this, other);
        }
    }

    History(List<SyncReport> reports) {
        this.runs = reports.stream()
                .filter(report -> !report.dryRun())
                .sorted(Comparator.comparing(SyncReport::finished))
                .toList();
        runs.forEach(this::follow);
        names = new ItemNames(newest.values().stream()
                .flatMap(shares -> shares.values().stream())
                .flatMap(report -> report.items().stream())
                .toList());
        newest.forEach((runner, shares) ->
                shares.values().forEach(report -> report.items().forEach(item -> settle(runner, item))));
    }

    private void follow(SyncReport run) {
        String runner = runner(run);
        SortedMap<Share, SyncReport> shares = newest.computeIfAbsent(runner, name -> new TreeMap<>());
        Share own = Share.of(run);
        if (run.only().isEmpty()) {
            // When the number of shares has changed, the items of the old ones are among the new ones.
            shares.keySet()
                    .removeIf(share ->
                            share.flow().equals(own.flow()) && !share.count().equals(own.count()));
            shares.put(own, run);
        } else {
            update(shares, own, run);
        }
        for (Item item : run.items()) {
            Track track = Track.of(run, item);
            State state = found(item, track);
            if (item.well()) {
                lastThere.put(track, run.finished());
                lastRevision.put(track, item.revision().orElse(""));
            }
            List<State> trail = trails.computeIfAbsent(track, key -> new ArrayList<>());
            if (trail.size() == TRAIL) {
                trail.remove(0);
            }
            trail.add(state);
        }
    }

    /** A hub that told of a new commit, and then nothing more, leaves no doubt that this one is not there. */
    private State found(Item item, Track track) {
        State state = State.of(item, found(track));
        boolean isNew = item.revision()
                .filter(revision -> COMMIT.matcher(revision).matches())
                .filter(revision -> !revision.equals(lastRevision.get(track)))
                .isPresent();
        return state == State.UNCHECKED && isNew ? State.MISSING : state;
    }

    /** Puts the items of a run of a part in the place of those that are known; the others stay as they are. */
    private static void update(SortedMap<Share, SyncReport> shares, Share own, SyncReport part) {
        Map<Track, Item> told = new LinkedHashMap<>();
        part.items().forEach(item -> told.put(Track.of(part, item), item));
        shares.replaceAll((share, known) -> {
            if (!share.flow().equals(own.flow())) {
                return known;
            }
            List<Item> items = new ArrayList<>();
            known.items()
                    .forEach(item -> items.add(Optional.ofNullable(told.remove(Track.of(part, item)))
                            .orElse(item)));
            return items.equals(known.items()) ? known : updated(known, part, items);
        });
        if (!told.isEmpty() || shares.isEmpty()) {
            List<Item> items = new ArrayList<>();
            Optional.ofNullable(shares.get(own)).ifPresent(known -> items.addAll(known.items()));
            items.addAll(told.values());
            shares.put(own, updated(shares.getOrDefault(own, part), part, items));
        }
    }

    private static SyncReport updated(SyncReport known, SyncReport part, List<Item> items) {
        boolean well = items.stream().allMatch(Item::well);
        boolean wasWell = known.items().stream().allMatch(Item::well);
        return new SyncReport(
                known.tool(),
                known.flow(),
                well == wasWell ? known.exit() : well ? 0 : 1,
                known.started(),
                part.finished(),
                false,
                known.shard(),
                known.runner(),
                known.only(),
                items);
    }

    /** Who ran it, as the page names it. */
    static String runner(SyncReport run) {
        return run.runner().orElse(run.flow());
    }

    private void settle(String runner, Item item) {
        states.computeIfAbsent(name(item), key -> new HashMap<>())
                .merge(runner, found(runner, item), (one, other) -> one.compareTo(other) > 0 ? one : other);
        item.bytes()
                .filter(bytes -> bytes.total() > 0) // else nobody was told
                .ifPresent(bytes -> sizes.merge(name(item), bytes.total(), Math::max));
    }

    /** All runs, oldest first; dry runs left out. */
    List<SyncReport> runs() {
        return runs;
    }

    /** The runners: those that lack something first, and else in the order of their names. */
    List<String> runners() {
        return newest.keySet().stream()
                .sorted(Comparator.comparing(this::standing, Comparator.reverseOrder()))
                .toList();
    }

    /** The newest report of each flow and share of a runner. */
    List<SyncReport> newest(String runner) {
        return List.copyOf(newest.getOrDefault(runner, new TreeMap<>()).values());
    }

    /** The items of a runner, as its newest reports say. */
    List<Item> items(String runner) {
        return newest(runner).stream()
                .flatMap(report -> report.items().stream())
                .toList();
    }

    /** The items of a runner that are not there, as far as is known. */
    List<Item> missing(String runner) {
        return items(runner).stream()
                .filter(item -> found(runner, item).compareTo(State.UNCHECKED) > 0)
                .toList();
    }

    /** The items of a runner that were there, and could not be checked by the newest run. */
    List<Item> unchecked(String runner) {
        return items(runner).stream()
                .filter(item -> found(runner, item) == State.UNCHECKED)
                .toList();
    }

    /** Whether all that a runner declares is there. */
    boolean well(String runner) {
        return newest(runner).stream().allMatch(report -> report.exit() == 0 || isMended(runner, report));
    }

    /** Whether all that a report failed for was brought meanwhile, for another flow of the runner. */
    private boolean isMended(String runner, SyncReport report) {
        return report.exit() == 1
                && !report.items().stream().allMatch(Item::well)
                && report.items().stream().allMatch(item -> found(runner, item) == State.THERE);
    }

    /** What an item is called among all of them. */
    String name(Item item) {
        return names.of(item);
    }

    /** The names of all items, in order. */
    List<String> names() {
        return List.copyOf(states.keySet());
    }

    /** How a runner has an item of that name: as the worst of them, where it goes to several places. */
    State worst(String name, String runner) {
        return states.getOrDefault(name, Map.of()).getOrDefault(runner, State.UNDECLARED);
    }

    /** How a runner stands as a whole. */
    State standing(String runner) {
        if (well(runner)) {
            return State.THERE;
        }
        return missing(runner).isEmpty() && !unchecked(runner).isEmpty() ? State.UNCHECKED : State.MISSING;
    }

    /** How a runner has one item. */
    State found(String runner, Item item) {
        return found(Track.of(runner, item));
    }

    private State found(Track track) {
        List<State> trail = trails.getOrDefault(track, List.of());
        return trail.isEmpty() ? State.UNDECLARED : trail.get(trail.size() - 1);
    }

    Optional<Long> size(String name) {
        return Optional.ofNullable(sizes.get(name));
    }

    /** When the last run ended that found the item there or brought it. */
    Optional<Instant> lastThere(String runner, Item item) {
        return Optional.ofNullable(lastThere.get(Track.of(runner, item)));
    }

    /** How the last runs found the item, the newest at the end. */
    List<State> trail(String runner, Item item) {
        return trails.getOrDefault(Track.of(runner, item), List.of());
    }
}
