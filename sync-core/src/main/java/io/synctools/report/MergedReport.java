package io.synctools.report;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Entries;
import io.synctools.SyncReport.Item;
import io.synctools.model.Shard;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The reports of all shares of one run, as one.
 *
 * @param report the sum, its shard called {@code merged}; its exit is 1 where a share is missing or not well
 * @param missing shares, as {@code I/N}, of which there is no report
 */
public record MergedReport(SyncReport report, List<String> missing) {
    private static final String MERGED = "merged";

    /**
     * Merges the reports of one flow. Of a share that reported more than once, the last report counts; what was merged
     * before does not.
     *
     * @throws IllegalArgumentException if there is none, they are of several flows, of different numbers of shares, or of
     *     different parts
     */
    public static MergedReport of(List<SyncReport> reports) {
        List<SyncReport> ofShares = reports.stream()
                .filter(report -> !report.shard().equals(MERGED))
                .toList();
        if (ofShares.isEmpty()) {
            throw new IllegalArgumentException("there are no reports to merge");
        }
        SortedSet<String> flows = new TreeSet<>();
        SortedSet<Integer> counts = new TreeSet<>();
        SortedSet<String> parts = new TreeSet<>();
        TreeMap<Integer, SyncReport> latest = new TreeMap<>();
        for (SyncReport report : ofShares) {
            Shard shard = Shard.parse(report.shard());
            flows.add(report.flow());
            counts.add(shard.count());
            parts.add(report.only().isEmpty() ? "all" : "only " + String.join(" ", report.only()));
            latest.merge(shard.index(), report, (a, b) -> a.finished().isAfter(b.finished()) ? a : b);
        }
        if (flows.size() > 1 || counts.size() > 1 || parts.size() > 1) {
            throw new IllegalArgumentException("these reports do not belong together: flows " + flows
                    + ", numbers of shares " + counts + ", items " + parts + "; merge those of one run of one flow");
        }
        return merge(flows.first(), counts.first(), latest);
    }

    private static MergedReport merge(String flow, int count, TreeMap<Integer, SyncReport> shares) {
        List<String> missing = new ArrayList<>();
        Map<List<Object>, Item> items = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            SyncReport share = shares.get(i);
            if (share == null) {
                missing.add(i + "/" + count);
            } else {
                share.items().forEach(item -> add(items, item));
            }
        }
        boolean well = missing.isEmpty() && shares.values().stream().allMatch(share -> share.exit() == 0);
        Instant started = shares.values().stream()
                .map(SyncReport::started)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        Instant finished = shares.values().stream()
                .map(SyncReport::finished)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        SyncReport any = shares.firstEntry().getValue();
        return new MergedReport(
                new SyncReport(
                                any.tool(),
                                flow,
                                well ? 0 : 1,
                                started,
                                finished,
                                any.dryRun(),
                                MERGED,
                                List.copyOf(items.values()))
                        .withOnly(any.only()),
                missing);
    }

    /** Adds an item, or what another share did of it: tags of images are divided, other items belong to one share. */
    private static void add(Map<List<Object>, Item> items, Item item) {
        items.merge(
                List.of(
                        item.from(),
                        item.to(),
                        item.path(),
                        item.declaredAt(),
                        item.revision(),
                        item.declaredRevision()),
                item,
                MergedReport::sum);
    }

    private static Item sum(Item one, Item other) {
        Entries a = one.entries();
        Entries b = other.entries();
        return new Item(
                one.from(),
                one.to(),
                one.path(),
                one.declaredAt(),
                one.revision(),
                one.host().isEmpty() ? other.host() : one.host(),
                worse(one.outcome(), other.outcome()),
                new Entries(
                        a.total() + b.total(), a.same() + b.same(), a.copied() + b.copied(), a.failed() + b.failed()),
                one.bytes().or(other::bytes),
                one.requests() + other.requests(),
                one.seconds() + other.seconds(),
                both(one.failures(), other.failures()),
                both(one.notes(), other.notes()),
                one.declaredRevision());
    }

    /** What is true of both together: a failure counts, then work done. */
    private static Outcome worse(Outcome one, Outcome other) {
        return Stream.of(Outcome.FAILED, Outcome.HELD_BY_ANOTHER, Outcome.COPIED, Outcome.WOULD_COPY)
                .filter(outcome -> one == outcome || other == outcome)
                .findFirst()
                .orElse(one);
    }

    private static <T> List<T> both(List<T> one, List<T> other) {
        return Stream.concat(one.stream(), other.stream()).distinct().toList();
    }
}
