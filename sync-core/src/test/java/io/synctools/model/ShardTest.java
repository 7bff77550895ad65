package io.synctools.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardTest {
    /** Random plans with repeated sources; the seed is in the message of a failure. */
    private static List<SyncItem> items(long seed) {
        Random random = new Random(seed);
        List<SyncItem> items = new ArrayList<>();
        int count = random.nextInt(60);
        for (int i = 0; i < count; i++) {
            String from = "models/org" + random.nextInt(5) + "/name" + random.nextInt(40);
            items.add(SyncItem.of(
                    ArtifactRef.of(random.nextBoolean() ? "modelscope" : "huggingface", from, "r" + random.nextInt(2)),
                    ArtifactRef.of("local-dir", "models/x/" + i)));
        }
        return items;
    }

    @Test
    void eachItemIsInExactlyOneShareAndThoseOfOneSourceStayTogether() {
        for (long seed = 0; seed < 300; seed++) {
            SyncPlan plan = SyncPlan.of("flow", items(seed));
            int count = 1 + (int) (seed % 9);
            List<SyncItem> all = new ArrayList<>();
            Set<String> seen = new HashSet<>();
            for (int index = 0; index < count; index++) {
                SyncPlan share = plan.shard(new Shard(index, count));
                all.addAll(share.items());
                Set<String> sources = new HashSet<>();
                share.items().forEach(item -> sources.add(item.from().text()));
                for (String source : sources) {
                    assertTrue(seen.add(source), source + " is in two shares, seed " + seed);
                }
                assertEquals(index + "/" + count, share.shard().toString());
            }
            assertEquals(plan.items().size(), all.size(), "seed " + seed);
            assertEquals(Set.copyOf(plan.items()), Set.copyOf(all), "seed " + seed);
        }
    }

    @Test
    void addingEntriesMovesNobodyElse() {
        for (long seed = 0; seed < 100; seed++) {
            SyncPlan before = SyncPlan.of("flow", items(seed));
            List<SyncItem> more = new ArrayList<>(items(seed + 1000));
            more.addAll(before.items());
            SyncPlan after = SyncPlan.of("flow", more);
            for (int index = 0; index < 4; index++) {
                Shard shard = new Shard(index, 4);
                assertTrue(
                        after.shard(shard)
                                .items()
                                .containsAll(before.shard(shard).items()),
                        "seed " + seed);
            }
        }
    }

    @Test
    void sharesComeOutEven() {
        int[] sizes = new int[8];
        for (int i = 0; i < 4000; i++) {
            ArtifactRef ref = ArtifactRef.of("modelscope", "models/Qwen/Qwen2.5-" + i + "B");
            sizes[
                    IntStream.range(0, 8)
                            .filter(n -> new Shard(n, 8).owns(ref))
                            .findFirst()
                            .orElseThrow()]++;
        }
        for (int size : sizes) {
            assertTrue(size > 400 && size < 600, () -> java.util.Arrays.toString(sizes));
        }
    }

    /** Machines of different versions share one list: the hash is for ever. */
    @Test
    void theHashNeverChanges() {
        assertTrue(new Shard(GOLDEN, 1000).owns(ArtifactRef.of("modelscope", "models/Qwen/Qwen2.5-7B-Instruct")));
    }

    private static final int GOLDEN = 918;

    @Test
    void readsWhatPeopleWrite() {
        assertEquals(new Shard(0, 4), Shard.parse("0/4"));
        assertEquals(new Shard(3, 4), Shard.parse(" 3/4 "));
        for (String bad : List.of("", "4", "4/4", "1/0", "-1/4", "a/b", "1/4/2", "1 / 4", "9999999999/4")) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> Shard.parse(bad), bad);
            assertTrue(refused.getMessage().contains("0/4 for the first of four"), refused::getMessage);
        }
    }
}
