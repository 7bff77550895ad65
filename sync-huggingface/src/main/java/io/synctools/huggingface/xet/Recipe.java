package io.synctools.huggingface.xet;

import io.synctools.model.ByteRange;
import io.synctools.spi.SharedRange;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a file is made of, to be kept beside it: 44 bytes a term. The same chunks of the same xorb are the same bytes in
 * whichever file, so that two recipes tell what two files share. Immutable.
 *
 * @param terms of the whole file
 */
public record Recipe(List<Term> terms) {
    private static final int VERSION = 1;
    private static final int TERM_BYTES = 32 + 3 * Integer.BYTES;
    /** Of a file in crumbs so little can be copied that it is not worth the room. */
    private static final int MOST_TERMS = 100_000;

    public Recipe {
        terms = List.copyOf(terms);
    }

    /** As bytes; none where the file is in crumbs. */
    public byte[] toBytes() {
        List<Term> merged = merged();
        if (merged.size() > MOST_TERMS) {
            return new byte[0];
        }
        ByteBuffer bytes = ByteBuffer.allocate(1 + TERM_BYTES * merged.size());
        bytes.put((byte) VERSION);
        for (Term term : merged) {
            bytes.put(HexFormat.of().parseHex(term.xorb()));
            bytes.putInt(term.firstChunk()).putInt(term.endChunk()).putInt((int) term.length());
        }
        return bytes.array();
    }

    /** Terms that go on where the one before ends, as the windows that they were asked in make them, are one. */
    private List<Term> merged() {
        List<Term> merged = new ArrayList<>();
        for (Term term : terms) {
            Term last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && last.xorb().equals(term.xorb()) && last.endChunk() == term.firstChunk()) {
                merged.set(
                        merged.size() - 1,
                        new Term(
                                last.offset(),
                                last.length() + term.length(),
                                term.xorb(),
                                last.firstChunk(),
                                term.endChunk()));
            } else {
                merged.add(term);
            }
        }
        return merged;
    }

    /** Reads it back; without terms where the bytes are none of ours. */
    public static Recipe of(byte[] bytes) {
        List<Term> terms = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            if (in.get() != VERSION) {
                return new Recipe(List.of());
            }
            byte[] hash = new byte[32];
            long offset = 0;
            while (in.hasRemaining()) {
                in.get(hash);
                int first = in.getInt();
                int end = in.getInt();
                long length = in.getInt() & 0xffff_ffffL;
                boolean sound =
                        0 <= first && first < end && length > 0 && length <= (end - first) * (long) ChunkReader.BIGGEST;
                if (!sound) {
                    return new Recipe(List.of());
                }
                terms.add(new Term(offset, length, HexFormat.of().formatHex(hash), first, end));
                offset += length;
            }
        } catch (BufferUnderflowException e) {
            return new Recipe(List.of());
        }
        return new Recipe(terms);
    }

    /** The xorbs that it takes chunks of, each by the beginning of its hash: enough to tell most files apart. */
    public Set<Long> xorbs() {
        Set<Long> found = new HashSet<>();
        terms.forEach(term -> found.add(Long.parseUnsignedLong(term.xorb(), 0, Long.BYTES * 2, 16)));
        return found;
    }

    /** Whether a recipe, as bytes, takes chunks of one of these xorbs: quick, since all files of a mirror may be asked. */
    public static boolean mentions(byte[] recipe, Set<Long> xorbs) {
        ByteBuffer in = ByteBuffer.wrap(recipe);
        for (int at = 1; at + TERM_BYTES <= recipe.length; at += TERM_BYTES) {
            if (xorbs.contains(in.getLong(at))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Stretches of the file that an older one holds.
     *
     * @param older what that is made of
     * @param file where it is; read where its chunks must be told apart
     */
    public List<SharedRange> sharedWith(Recipe older, Path file) throws IOException {
        Map<String, List<Term>> byXorb = new HashMap<>();
        older.merged().forEach(term -> byXorb.computeIfAbsent(term.xorb(), any -> new ArrayList<>())
                .add(term));
        List<SharedRange> shared = new ArrayList<>();
        try (Cuts cuts = new Cuts(file)) {
            for (Term wanted : merged()) {
                long done = wanted.firstChunk();
                List<Term> held = new ArrayList<>(byXorb.getOrDefault(wanted.xorb(), List.of()));
                held.sort((a, b) -> Integer.compare(a.firstChunk(), b.firstChunk()));
                for (Term one : held) {
                    if (one.endChunk() > done && one.firstChunk() < wanted.endChunk()) {
                        SharedRange found = overlap(wanted, one, cuts);
                        if (found != null) {
                            shared.add(found);
                            done = one.endChunk();
                        }
                    }
                }
            }
        }
        return shared;
    }

    /** The chunks that both terms have, where it can be told where they are in both. */
    private static @Nullable SharedRange overlap(Term wanted, Term held, Cuts cuts) throws IOException {
        int first = Math.max(wanted.firstChunk(), held.firstChunk());
        int end = Math.min(wanted.endChunk(), held.endChunk());
        boolean allWanted = first == wanted.firstChunk() && end == wanted.endChunk();
        boolean allHeld = first == held.firstChunk() && end == held.endChunk();
        boolean fromStart = first == held.firstChunk();
        long length;
        long there;
        if (allHeld) {
            length = held.length();
            there = held.offset();
        } else if (allWanted && (fromStart || end == held.endChunk())) {
            length = wanted.length();
            there = fromStart ? held.offset() : held.end() - length;
        } else {
            long[] ends = cuts.of(held);
            if (ends.length == 0) {
                return null;
            }
            long begin = fromStart ? 0 : ends[first - held.firstChunk() - 1];
            length = ends[end - held.firstChunk() - 1] - begin;
            there = held.offset() + begin;
        }
        long here;
        if (first == wanted.firstChunk()) {
            here = wanted.offset();
        } else if (end == wanted.endChunk()) {
            here = wanted.end() - length;
        } else {
            return null; // amid chunks of which nobody here knows how long they are
        }
        boolean fits = length > 0 && here >= wanted.offset() && here + length <= wanted.end();
        return fits ? new SharedRange(new ByteRange(here, length), there) : null;
    }

    /** Where the chunks of an older file's terms end: found by cutting its bytes again. */
    private static final class Cuts implements AutoCloseable {
        private static final long[] UNKNOWN = {};

        private final Path file;
        private final Map<Term, long[]> known = new HashMap<>();
        private @Nullable FileChannel open;

        Cuts(Path file) {
            this.file = file;
        }

        /** The ends of a term's chunks, counted from its beginning; none where they do not come out as they should. */
        long[] of(Term term) throws IOException {
            long[] found = known.get(term);
            if (found == null) {
                if (open == null) {
                    open = FileChannel.open(file, StandardOpenOption.READ);
                }
                int chunks = term.endChunk() - term.firstChunk();
                long[] ends = Chunker.ends(open, term.offset(), term.length(), chunks + 1);
                found = ends.length == chunks && ends[chunks - 1] == term.length() ? ends : UNKNOWN;
                known.put(term, found);
            }
            return found;
        }

        @Override
        public void close() throws IOException {
            if (open != null) {
                open.close();
            }
        }
    }
}
