package io.synctools.skopeo;

import io.synctools.internal.digest.Hasher;
import io.synctools.internal.text.Printable;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The files of one layer of an image, in the order in which they lie there. Immutable. */
final class LayerFiles {
    /** Container runtimes stack about 127 layers. */
    static final int MOST_LAYERS = 120;

    private static final int MOST_ALONE = 100;
    private static final long ALONE = 1 << 20;
    private static final long SHARED_BYTES = 32 << 20;
    private static final int SHARED_FILES = 256;
    private static final int MIXER = 0x9e3779b1; // names that are numbered spread evenly
    private static final String REMOVES = ".wh.";

    private final List<Entry> files;
    private final boolean alone;
    private final Checksum key;

    private LayerFiles(List<Entry> files, boolean alone, Function<Entry, Checksum> told) {
        this.files = List.copyOf(files);
        this.alone = alone;
        this.key = key(files, Entry::path, Entry::size, told);
    }

    /**
     * Divides a listing by its paths and sizes alone: big files lie alone, each of the others in the layer that its path
     * falls to, so that a file that comes, goes or changes concerns no other layer as a rule.
     *
     * @param told what stands for the content of a file
     * @throws SyncException {@code UNSAFE_NAME} for a file that an image cannot hold
     */
    static List<LayerFiles> of(List<Entry> listing, Function<Entry, Checksum> told) {
        List<Entry> sorted = new ArrayList<>(listing);
        sorted.sort(Comparator.comparing(Entry::path));
        sorted.forEach(LayerFiles::requireHeld);
        long least = ALONE;
        while (countOf(sorted, least) > MOST_ALONE) {
            least *= 2;
        }
        List<LayerFiles> layers = new ArrayList<>();
        List<Entry> rest = new ArrayList<>();
        for (Entry file : sorted) {
            if (file.size() >= least) {
                layers.add(new LayerFiles(List.of(file), true, told));
            } else {
                rest.add(file);
            }
        }
        int shares = shares(rest, MOST_LAYERS - layers.size());
        Map<Integer, List<Entry>> shared = new TreeMap<>();
        for (Entry file : rest) {
            int mixed = file.path().hashCode() * MIXER; // the same on every machine
            int number = Math.floorMod(mixed >>> 8, shares);
            shared.computeIfAbsent(number, any -> new ArrayList<>()).add(file);
        }
        shared.values().forEach(files -> layers.add(new LayerFiles(files, false, told)));
        return layers;
    }

    private static long countOf(List<Entry> files, long least) {
        return files.stream().filter(file -> file.size() >= least).count();
    }

    /** A power of two, so that it seldom changes. */
    private static int shares(List<Entry> files, int most) {
        long bytes = files.stream().mapToLong(file -> Math.max(0, file.size())).sum();
        int shares = 1;
        while (shares * 2 <= most && (shares * SHARED_BYTES < bytes || shares * SHARED_FILES < files.size())) {
            shares *= 2;
        }
        return shares;
    }

    private static void requireHeld(Entry file) {
        if (("/" + file.path()).contains("/" + REMOVES)) {
            throw new SyncException(
                    FailureKind.UNSAFE_NAME,
                    Printable.name(file.path()) + " cannot be in an image, where a name that begins with " + REMOVES
                            + " removes a file; leave it out by patterns, or mirror without the option \"oci-form\"");
        }
    }

    /** What the key of a layer with these files is. */
    static <T> Checksum key(
            List<T> files, Function<T, String> path, Function<T, Long> size, Function<T, Checksum> told) {
        Hasher hasher = new Hasher(Checksum.Algorithm.SHA256, 0);
        for (T file : files) {
            String line = path.apply(file) + '\0' + size.apply(file) + '\0' + told.apply(file) + '\0';
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            hasher.update(bytes, 0, bytes.length);
        }
        return Checksum.of(Checksum.Algorithm.SHA256, hasher.finish());
    }

    List<Entry> files() {
        return files;
    }

    /** Stands for paths, sizes and contents: equal for the same layer. */
    Checksum key() {
        return key;
    }

    /** Whether it is one big file; else it holds small ones. */
    boolean isAlone() {
        return alone;
    }
}
