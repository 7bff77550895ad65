package io.synctools.file;

import io.synctools.model.ByteRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which stretches of a file are on disk. Not thread-safe. */
final class Ranges {
    private final TreeMap<Long, Long> ends = new TreeMap<>();

    /** Adds a stretch, merging it with its neighbours. */
    void add(long start, long end) {
        if (start >= end) {
            return;
        }
        Map.Entry<Long, Long> before = ends.floorEntry(start);
        if (before != null && before.getValue() >= start) {
            start = before.getKey();
            end = Math.max(end, before.getValue());
        }
        for (Map.Entry<Long, Long> next = ends.higherEntry(start);
                next != null && next.getKey() <= end;
                next = ends.higherEntry(start)) {
            end = Math.max(end, next.getValue());
            ends.remove(next.getKey());
        }
        ends.put(start, end);
    }

    /** Up to where the file is there from its beginning, without a hole. */
    long front() {
        Map.Entry<Long, Long> first = ends.firstEntry();
        return first != null && first.getKey() == 0 ? first.getValue() : 0;
    }

    /** How many bytes are there. */
    long total() {
        long sum = 0;
        for (Map.Entry<Long, Long> range : ends.entrySet()) {
            sum += range.getValue() - range.getKey();
        }
        return sum;
    }

    /** What is missing of a file of that size, in stretches that cross no multiple of {@code step}. */
    List<ByteRange> missing(long size, long step) {
        List<ByteRange> holes = new ArrayList<>();
        long at = 0;
        for (Map.Entry<Long, Long> range : ends.entrySet()) {
            cut(at, Math.min(range.getKey(), size), step, holes);
            at = Math.max(at, range.getValue());
        }
        cut(at, size, step, holes);
        return holes;
    }

    private static void cut(long from, long to, long step, List<ByteRange> holes) {
        while (from < to) {
            long end = Math.min(to, (from / step + 1) * step);
            holes.add(new ByteRange(from, end - from));
            from = end;
        }
    }
}
