package io.synctools;

import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Item;
import io.synctools.model.PlannedShard;
import io.synctools.model.Shard;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Divides a plan into shares of about the same size: the biggest items first, each to the share that has least so far,
 * then exchanges between two shares for as long as that brings them closer.
 *
 * <p>Items of one label stay together, so that a share can name them by it. The same sizes give the same shares.
 */
public final class Sharding {
    private Sharding() {}

    /**
     * The shares of a plan.
     *
     * <p>Images have no sizes; they weigh as much as they have tags. What could not be sized weighs as much as the mean of
     * the others.
     *
     * @param survey what {@link Syncer#survey} found for this plan
     * @param count how many shares, at least 1; all are there, and some are empty where there are fewer items
     */
    public static List<PlannedShard> balanced(SyncPlan plan, SyncReport survey, int count) {
        if (survey.items().size() != plan.items().size()) {
            throw new IllegalArgumentException("the survey is of another plan than " + plan.flow());
        }
        double mean = survey.items().stream()
                .flatMapToLong(item -> weight(item).stream())
                .average()
                .orElse(1);
        Map<String, Piece> pieces = new LinkedHashMap<>();
        for (int i = 0; i < plan.items().size(); i++) {
            SyncItem item = plan.items().get(i);
            Item found = survey.items().get(i);
            long bytes = found.bytes().map(Bytes::total).orElse(0L);
            Piece piece = new Piece(item.label(), weight(found).orElse((long) mean), bytes);
            pieces.merge(item.label(), piece, Piece::with);
        }
        return divide(List.copyOf(pieces.values()), count);
    }

    /**
     * The shares of what is weighed already.
     *
     * @param weights by the names that shares have for it
     * @param count how many shares, at least 1
     */
    public static List<PlannedShard> balanced(Map<String, Long> weights, int count) {
        return divide(
                weights.entrySet().stream()
                        .map(one -> new Piece(one.getKey(), one.getValue(), one.getValue()))
                        .toList(),
                count);
    }

    /** Bytes, or tags where there are no bytes; empty where the item could not be listed. */
    private static OptionalLong weight(Item item) {
        if (!item.well()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(
                item.bytes().map(Bytes::total).orElse(item.entries().total()));
    }

    private static List<PlannedShard> divide(List<Piece> pieces, int count) {
        List<Bin> bins = IntStream.range(0, count).mapToObj(Bin::new).toList();
        PriorityQueue<Bin> lightest = new PriorityQueue<>(Comparator.<Bin>comparingLong(bin -> bin.weight)
                .thenComparingInt(bin -> bin.pieces.size())
                .thenComparingInt(bin -> bin.index));
        lightest.addAll(bins);
        pieces.stream()
                .sorted(Comparator.comparingLong(Piece::weight).reversed().thenComparing(Piece::label))
                .forEach(piece -> {
                    Bin bin = lightest.remove();
                    bin.add(piece);
                    lightest.add(bin);
                });
        boolean moved = true;
        while (moved) { // ends: each exchange makes the sum of the squares of the weights smaller
            moved = false;
            for (Bin one : bins) {
                for (Bin other : bins) {
                    moved |= one.weight > other.weight && one.exchange(other);
                }
            }
        }
        return bins.stream().map(bin -> bin.share(pieces, count)).toList();
    }

    /** Items that stay together. */
    private record Piece(String label, long weight, long bytes) {
        private static final Piece NOTHING = new Piece("", 0, 0);

        Piece with(Piece other) {
            return new Piece(label, weight + other.weight, bytes + other.bytes);
        }
    }

    /** A share that is being filled. */
    private static final class Bin {
        private final int index;
        private final List<Piece> pieces = new ArrayList<>();
        private long weight;

        Bin(int index) {
            this.index = index;
        }

        void add(Piece piece) {
            pieces.add(piece);
            weight += piece.weight;
        }

        /** Gives a lighter bin one piece for one of its own, or for nothing, so that both come closest; false if no pair does. */
        boolean exchange(Bin lighter) {
            long gap = weight - lighter.weight;
            long best = gap;
            Piece given = Piece.NOTHING;
            Piece taken = Piece.NOTHING;
            List<Piece> offers = new ArrayList<>(lighter.pieces);
            offers.add(Piece.NOTHING);
            for (Piece mine : pieces) {
                for (Piece offer : offers) {
                    long left = Math.abs(gap - 2 * (mine.weight - offer.weight));
                    if (left < best) {
                        best = left;
                        given = mine;
                        taken = offer;
                    }
                }
            }
            if (best == gap) {
                return false;
            }
            swap(given, taken);
            lighter.swap(taken, given);
            return true;
        }

        private void swap(Piece given, Piece taken) {
            pieces.remove(given);
            if (!taken.equals(Piece.NOTHING)) {
                pieces.add(taken);
            }
            weight += taken.weight - given.weight;
        }

        /** The share, its items in the plan's order. */
        PlannedShard share(List<Piece> order, int count) {
            return new PlannedShard(
                    new Shard(index, count),
                    order.stream().filter(pieces::contains).map(Piece::label).toList(),
                    pieces.stream().mapToLong(Piece::bytes).sum());
        }
    }
}
