package io.synctools.serve;

import io.synctools.model.Checksum;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The files of one snapshot in the order of their paths' bytes, kept in one array: 270,000 of them take 30 MiB. Immutable
 * and thread-safe.
 */
public final class FileTable {
    private static final int SHA256 = 1;
    private static final int GIT_BLOB = 2;
    private static final int SHA256_LENGTH = 32;
    private static final int GIT_BLOB_LENGTH = 20;
    private static final int FIXED = Long.BYTES + 1 + Integer.BYTES + Integer.BYTES;

    private final byte[] records;
    private final int[] starts;
    private final List<String> facts;

    private FileTable(byte[] records, int[] starts, List<String> facts) {
        this.records = records;
        this.starts = starts;
        this.facts = facts;
    }

    /**
     * What stands at a place of a folder.
     *
     * @param path of the file or the folder
     * @param file empty for a folder
     * @param next where the next one is to be looked for
     */
    public record Row(String path, Optional<ServedFile> file, int next) {}

    /** How many files there are. */
    public int size() {
        return starts.length;
    }

    /** Roughly the bytes of memory that it takes. */
    public long weight() {
        return records.length + 4L * starts.length;
    }

    /** The file at an index from 0. */
    public ServedFile at(int index) {
        ByteBuffer record = ByteBuffer.wrap(records);
        record.position(starts[index]);
        long size = record.getLong();
        int which = record.get();
        String fact = facts.get(record.getInt());
        byte[] path = new byte[record.getInt()];
        record.get(path);
        return new ServedFile(
                new String(path, StandardCharsets.UTF_8),
                size,
                checksum(record, which & SHA256, Checksum.Algorithm.SHA256, SHA256_LENGTH),
                checksum(record, which & GIT_BLOB, Checksum.Algorithm.GIT_BLOB, GIT_BLOB_LENGTH),
                fact);
    }

    private static Optional<Checksum> checksum(ByteBuffer record, int has, Checksum.Algorithm algorithm, int length) {
        if (has == 0) {
            return Optional.empty();
        }
        byte[] hash = new byte[length];
        record.get(hash);
        return Optional.of(Checksum.of(algorithm, hash));
    }

    /** The file at a path. */
    public Optional<ServedFile> file(String path) {
        OptionalInt index = indexOf(path.getBytes(StandardCharsets.UTF_8));
        return index.isPresent() ? Optional.of(at(index.getAsInt())) : Optional.empty();
    }

    private OptionalInt indexOf(byte[] path) {
        int index = firstFrom(path);
        return index < starts.length && compare(index, path) == 0 ? OptionalInt.of(index) : OptionalInt.empty();
    }

    /**
     * What stands at an index or after it below a folder; empty after the last.
     *
     * @param folder empty for all; without a slash at its end
     * @param deep whether the files of folders below it are meant, else the folders themselves
     * @param from 0, or where the row before said
     */
    public Optional<Row> row(String folder, boolean deep, int from) {
        byte[] prefix = folder.isEmpty() ? new byte[0] : (folder + "/").getBytes(StandardCharsets.UTF_8);
        int index = Math.max(from, firstFrom(prefix));
        if (index >= starts.length || !begins(index, prefix)) {
            return Optional.empty();
        }
        int at = starts[index] + FIXED;
        int slash = deep ? -1 : slashAfter(index, prefix.length);
        if (slash < 0) {
            ServedFile file = at(index);
            return Optional.of(new Row(file.path(), Optional.of(file), index + 1));
        }
        byte[] after = Arrays.copyOfRange(records, at, at + slash + 1);
        String path = new String(after, 0, slash, StandardCharsets.UTF_8);
        after[slash]++; // what comes after all that is below
        return Optional.of(new Row(path, Optional.empty(), firstFrom(after)));
    }

    private int slashAfter(int index, int from) {
        int at = starts[index] + FIXED;
        for (int i = from; i < pathLength(index); i++) {
            if (records[at + i] == '/') {
                return i;
            }
        }
        return -1;
    }

    private boolean begins(int index, byte[] prefix) {
        int at = starts[index] + FIXED;
        return pathLength(index) >= prefix.length
                && Arrays.equals(records, at, at + prefix.length, prefix, 0, prefix.length);
    }

    private int firstFrom(byte[] path) {
        int low = 0;
        for (int high = starts.length; low < high; ) {
            int middle = (low + high) >>> 1;
            if (compare(middle, path) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int compare(int index, byte[] path) {
        int at = starts[index] + FIXED;
        return Arrays.compareUnsigned(records, at, at + pathLength(index), path, 0, path.length);
    }

    private int pathLength(int index) {
        return lengthAt(records, starts[index]);
    }

    private static int lengthAt(byte[] records, int start) {
        return ByteBuffer.wrap(records).getInt(start + FIXED - Integer.BYTES);
    }

    /** A table to be filled in any order. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Integer> facts = new HashMap<>();
        private final List<String> order = new ArrayList<>();
        private ByteBuffer records = ByteBuffer.allocate(1 << 12);
        private int[] starts = new int[64];
        private int count;

        /** An empty one. */
        public Builder() {}

        /** Adds a file. */
        public Builder add(ServedFile file) {
            byte[] path = file.path().getBytes(StandardCharsets.UTF_8);
            makeRoom(FIXED + path.length + SHA256_LENGTH + GIT_BLOB_LENGTH);
            starts[count++] = records.position();
            records.putLong(file.size());
            records.put((byte)
                    ((file.sha256().isPresent() ? SHA256 : 0) | (file.gitBlob().isPresent() ? GIT_BLOB : 0)));
            records.putInt(facts.computeIfAbsent(file.fact(), fact -> {
                order.add(fact);
                return order.size() - 1;
            }));
            records.putInt(path.length);
            records.put(path);
            file.sha256().ifPresent(this::put);
            file.gitBlob().ifPresent(this::put);
            return this;
        }

        private void put(Checksum checksum) {
            records.put(java.util.HexFormat.of().parseHex(checksum.hex()));
        }

        private void makeRoom(int length) {
            if (records.remaining() < length) {
                int capacity = Math.addExact(records.capacity(), Math.max(length, records.capacity() / 2));
                records = ByteBuffer.allocate(capacity).put(records.flip());
            }
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, count + count / 2);
            }
        }

        /** The table of what was added; of files at one path the last. */
        public FileTable build() {
            byte[] bytes = Arrays.copyOf(records.array(), records.position());
            int[] sorted = Arrays.copyOf(starts, count);
            if (!isSorted(bytes, sorted)) {
                sorted = sorted(bytes, sorted);
            }
            return new FileTable(bytes, sorted, List.copyOf(order));
        }

        private static boolean isSorted(byte[] bytes, int[] starts) {
            return IntStream.range(1, starts.length).allMatch(i -> compare(bytes, starts[i - 1], starts[i]) < 0);
        }

        private static int[] sorted(byte[] bytes, int[] starts) {
            Integer[] order = Arrays.stream(starts).boxed().toArray(Integer[]::new);
            Comparator<Integer> byPath = (one, other) -> compare(bytes, one, other);
            Arrays.sort(order, byPath);
            return IntStream.range(0, order.length)
                    .filter(i -> i + 1 == order.length || byPath.compare(order[i], order[i + 1]) != 0)
                    .map(i -> order[i])
                    .toArray();
        }

        private static int compare(byte[] bytes, int one, int other) {
            return Arrays.compareUnsigned(
                    bytes,
                    one + FIXED,
                    one + FIXED + lengthAt(bytes, one),
                    bytes,
                    other + FIXED,
                    other + FIXED + lengthAt(bytes, other));
        }
    }
}
