package io.synctools.huggingface.xet;

import io.synctools.model.ByteRange;
import java.util.List;

/**
 * What a stretch of a file is made of, in order and without a hole.
 *
 * <p>Immutable.
 *
 * @param terms in file order; the first may begin before the stretch, the last may end after it
 * @param stored where each term's chunks are to be had, one for each term
 */
record Reconstruction(List<Term> terms, List<StoredRange> stored) {

    Reconstruction {
        terms = List.copyOf(terms);
        stored = List.copyOf(stored);
    }

    /** Index of the term that holds a byte of the file, which is in the stretch. */
    int termAt(long position) {
        int low = 0;
        int high = terms.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (terms.get(middle).offset() <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Whether all bytes of a range of the file are in it. */
    boolean holds(ByteRange range) {
        return !terms.isEmpty()
                && terms.get(0).offset() <= range.offset()
                && range.end() <= terms.get(terms.size() - 1).end();
    }
}
