package io.synctools.file;

import io.synctools.file.LocalBytes.Piece;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** The stretches of one file that are to be copied from disk: sorted, none over another. Thread-safe. */
final class LocalCopies {
    static final LocalCopies NONE = new LocalCopies(new TreeMap<>());

    /** A shorter piece costs more as a range of its own than it saves. */
    private static final long LEAST = 32 * 1024;

    private final NavigableMap<Long, Piece> pieces;

    private LocalCopies(NavigableMap<Long, Piece> pieces) {
        this.pieces = pieces;
    }

    /** What is told of an entry, as far as it can be. */
    static LocalCopies of(LocalBytes local, Entry entry) throws IOException, InterruptedException {
        List<Piece> told = local.of(entry);
        if (told.isEmpty()) {
            return NONE;
        }
        List<Piece> sorted = new ArrayList<>(told);
        sorted.sort((a, b) -> Long.compare(a.range().offset(), b.range().offset()));
        TreeMap<Long, Piece> pieces = new TreeMap<>();
        long free = 0;
        for (Piece piece : sorted) {
            ByteRange range = piece.range();
            long from = Math.max(free, range.offset());
            boolean isWhole = range.offset() == 0 && range.length() == entry.size();
            if ((range.end() - from < LEAST && !isWhole) || range.end() > entry.size()) {
                continue;
            }
            ByteRange rest = new ByteRange(from, range.end() - from);
            pieces.put(
                    from,
                    new Piece(rest, piece.file(), piece.offset() + from - range.offset(), piece.linked() && isWhole));
            free = range.end();
        }
        return new LocalCopies(pieces);
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    /** The whole file, where it may become a hard link. */
    Optional<Path> linked() {
        return pieces.values().stream().filter(Piece::linked).map(Piece::file).findFirst();
    }

    /** The piece that holds all of a stretch. */
    Optional<Piece> holding(long from, long end) {
        Map.Entry<Long, Piece> found = pieces.floorEntry(from);
        return Optional.ofNullable(found)
                .map(Map.Entry::getValue)
                .filter(piece -> piece.range().end() >= end);
    }

    /**
     * Cuts parts of a file further, so that each comes either from disk or over the network.
     *
     * @param most bytes in a part that comes from disk
     */
    List<ByteRange> cut(List<ByteRange> parts, long most) {
        if (pieces.isEmpty()) {
            return parts;
        }
        List<ByteRange> cut = new ArrayList<>();
        for (ByteRange part : parts) {
            long at = part.offset();
            while (at < part.end()) {
                Map.Entry<Long, Piece> here = pieces.floorEntry(at);
                Long next = pieces.higherKey(at);
                long end = Math.min(part.end(), next == null ? part.end() : next);
                if (here != null && here.getValue().range().end() > at) {
                    end = Math.min(end, Math.min(here.getValue().range().end(), at + most));
                }
                cut.add(new ByteRange(at, end - at));
                at = end;
            }
        }
        return cut;
    }
}
