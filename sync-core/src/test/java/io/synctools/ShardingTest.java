package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Entries;
import io.synctools.model.ArtifactRef;
import io.synctools.model.PlannedShard;
import io.synctools.model.Shard;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShardingTest {
    private static final long GB = 1_000_000_000;

    /** Items o/0, o/1 and so on; an item of negative size could not be listed. */
    private static SyncPlan plan(List<Long> sizes) {
        return SyncPlan.of(
                "flow",
                IntStream.range(0, sizes.size())
                        .mapToObj(i -> SyncItem.of(
                                ArtifactRef.of("hub", "models/o/" + i), ArtifactRef.of("shelf", "models/o/" + i)))
                        .toList());
    }

    private static SyncReport survey(SyncPlan plan, List<Optional<Bytes>> bytes, long entries) {
        List<SyncReport.Item> items = new ArrayList<>();
        for (int i = 0; i < bytes.size(); i++) {
            boolean listed = bytes.get(i).map(Bytes::total).orElse(0L) >= 0;
            items.add(new SyncReport.Item(
                    plan.items().get(i).from().text(),
                    plan.items().get(i).to().text(),
                    Optional.empty(),
                    "",
                    Optional.empty(),
                    "",
                    listed ? Outcome.WOULD_COPY : Outcome.FAILED,
                    new Entries(entries * (i + 1), 0, 0, 0),
                    listed ? bytes.get(i) : Optional.of(new Bytes(0, 0, 0, 0)),
                    1,
                    0,
                    List.of(),
                    List.of(),
                    Optional.empty()));
        }
        return new SyncReport("t", "flow", 0, Instant.EPOCH, Instant.EPOCH, true, "0/1", items);
    }

    private static List<PlannedShard> balanced(List<Long> sizes, int count) {
        SyncPlan plan = plan(sizes);
        List<Optional<Bytes>> bytes = sizes.stream()
                .map(size -> Optional.of(new Bytes(size, size, 0, 0)))
                .toList();
        return Sharding.balanced(plan, survey(plan, bytes, 1), count);
    }

    private static double imbalance(List<PlannedShard> shards) {
        double mean = shards.stream().mapToLong(PlannedShard::bytes).average().orElseThrow();
        return shards.stream()
                        .mapToDouble(share -> Math.abs(share.bytes() - mean))
                        .max()
                        .orElseThrow()
                / mean;
    }

    @Property(tries = 200)
    void everyItemIsInExactlyOneShareAndTheSharesRunIt(
            @ForAll @Size(max = 60) List<@LongRange(min = -1, max = 2_000 * GB) Long> sizes,
            @ForAll @IntRange(min = 1, max = 80) int count) {
        SyncPlan plan = plan(sizes);
        List<PlannedShard> shards = balanced(sizes, count);
        assertEquals(count, shards.size());
        List<SyncItem> run = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            assertEquals(new Shard(i, count), shards.get(i).shard());
            SyncPlan own = plan.shard(shards.get(i));
            assertEquals(
                    shards.get(i).items(),
                    own.items().stream().map(SyncItem::label).toList());
            assertEquals(plan.warnings(), own.warnings());
            run.addAll(own.items());
        }
        assertEquals(plan.items().size(), run.size());
        assertEquals(
                plan.items().stream().collect(Collectors.toSet()), run.stream().collect(Collectors.toSet()));
        assertEquals(
                sizes.stream().mapToLong(size -> Math.max(0, size)).sum(),
                shards.stream().mapToLong(PlannedShard::bytes).sum());
    }

    /** As on the hubs: most models of some GB to some ten, a few of several hundred, datasets from kilobytes on. */
    private static List<Long> repositories(Random random) {
        return LongStream.range(0, 170)
                .mapToObj(i -> (long) Math.min(700e9, 15e9 * Math.exp(1.6 * random.nextGaussian())))
                .toList();
    }

    @Test
    void sharesOfRealSizesDifferByAFewPercentAtMost() {
        for (int seed = 0; seed < 50; seed++) {
            List<Long> sizes = repositories(new Random(seed));
            long mean = sizes.stream().mapToLong(size -> size).sum() / 16;
            long biggest = sizes.stream().mapToLong(size -> size).max().orElseThrow();
            if (biggest <= mean) {
                double imbalance = imbalance(balanced(sizes, 16));
                assertTrue(imbalance <= 0.05, imbalance + " for seed " + seed);
            }
        }
    }

    @Test
    void oneHugeItemHasAShareOfItsOwnAndTheOthersAreEven() {
        List<Long> sizes = new ArrayList<>(repositories(new Random(7)));
        sizes.replaceAll(size -> Math.min(size, 300 * GB));
        sizes.set(3, 20_000 * GB);
        List<PlannedShard> shards = new ArrayList<>(balanced(sizes, 16));
        assertTrue(shards.removeIf(share -> share.items().equals(List.of("o/3"))));
        assertTrue(imbalance(shards) <= 0.05);
    }

    /** Biggest first alone gives 7 and 5 here. */
    @Test
    void exchangesFindWhatBiggestFirstMisses() {
        List<PlannedShard> shards = balanced(List.of(3L, 3L, 2L, 2L, 2L), 2);
        assertEquals(List.of(6L, 6L), shards.stream().map(PlannedShard::bytes).toList());
    }

    @Test
    void whatCouldNotBeSizedIsSpreadLikeTheRest() {
        List<PlannedShard> shards = balanced(List.of(10L, -1L, 10L, -1L, 10L, -1L, 10L, -1L), 4);
        assertTrue(shards.stream().allMatch(share -> share.items().size() == 2), shards::toString);
        assertEquals(40, shards.stream().mapToLong(PlannedShard::bytes).sum());
    }

    @Test
    void imagesWeighAsMuchAsTheyHaveTags() {
        SyncPlan plan = plan(List.of(0L, 0L, 0L, 0L));
        List<PlannedShard> shards = Sharding.balanced(
                plan,
                survey(plan, List.of(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()), 100),
                2);
        assertEquals(List.of("o/0", "o/3"), shards.get(0).items(), "100 and 400 tags");
        assertEquals(List.of("o/1", "o/2"), shards.get(1).items(), "200 and 300 tags");
        assertEquals(0, shards.get(0).bytes());
    }

    @Test
    void itemsOfOneLabelStayTogether() {
        List<SyncItem> items = new ArrayList<>();
        for (String kind : List.of("models", "datasets")) {
            for (String name : List.of("o/a", "o/b")) {
                items.add(SyncItem.of(
                        ArtifactRef.of("hub", kind + "/" + name), ArtifactRef.of("shelf", kind + "/" + name)));
            }
        }
        SyncPlan plan = SyncPlan.of("flow", items);
        SyncReport survey = survey(
                plan,
                items.stream().map(item -> Optional.of(new Bytes(1, 1, 0, 0))).toList(),
                1);
        Map<Long, Long> sizes = Sharding.balanced(plan, survey, 3).stream()
                .collect(Collectors.groupingBy(PlannedShard::bytes, Collectors.counting()));
        assertEquals(Map.of(2L, 2L, 0L, 1L), sizes);
        assertThrows(IllegalArgumentException.class, () -> Sharding.balanced(plan(List.of(1L)), survey, 3));
    }
}
