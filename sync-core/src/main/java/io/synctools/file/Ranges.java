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
        return missing(equalParts(size, step));
    }

    /** What is missing of these parts, which follow each other without a hole. */
    List<ByteRange> missing(List<ByteRange> parts) {
        List<ByteRange> holes = new ArrayList<>();
        for (ByteRange part : parts) {
            long at = part.offset();
            Map.Entry<Long, Long> before = ends.floorEntry(at);
            if (before != null) {
                at = Math.max(at, before.getValue());
            }
            for (Map.Entry<Long, Long> next = ends.higherEntry(part.offset());
                    next != null && next.getKey() < part.end();
                    next = ends.higherEntry(next.getKey())) {
                hole(at, next.getKey(), holes);
                at = next.getValue();
            }
            hole(at, part.end(), holes);
        }
        return holes;
    }

    private static void hole(long from, long to, List<ByteRange> into) {
        if (from < to) {
            into.add(new ByteRange(from, to - from));
        }
    }

    /** Whether parts follow each other without a hole and are a whole file of that size. */
    static boolean areWhole(List<ByteRange> parts, long size) {
        long at = 0;
        for (ByteRange part : parts) {
            if (part.offset() != at || part.length() == 0) {
                return false;
            }
            at = part.end();
        }
        return at == size;
    }

    /** A file of that size in parts that end at multiples of {@code step}. */
    static List<ByteRange> equalParts(long size, long step) {
        List<ByteRange> parts = new ArrayList<>();
        for (long at = 0; at < size; at += step) {
            parts.add(new ByteRange(at, Math.min(step, size - at)));
        }
        return parts;
    }
}
