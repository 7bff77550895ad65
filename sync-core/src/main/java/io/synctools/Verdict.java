package io.synctools;

import io.synctools.EntryStates.Counts;
import io.synctools.EntryStates.State;
import io.synctools.SyncReport.Entries;
import io.synctools.spi.Extent;

/**
 * How an item ends: computed from the states of its entries and from how far its publication came, and from nothing that
 * people read.
 *
 * @param outcome how it ended
 * @param entries how many entries, by state
 * @param bytes declared
 * @param missing bytes that were not there when the run looked
 */
record Verdict(Outcome outcome, Entries entries, long bytes, long missing) {

    /** How far the publication of an item came. */
    enum Publication {
        /** Nothing was published, and nothing was seen to be. */
        NONE,
        /** Another runner has the destination. */
        HELD,
        /** The destination holds this revision whole, as it was found. */
        FOUND,
        /** It was published, and readers see what they saw before. */
        SAME,
        /** It was published, and readers see something new. */
        NEW,
        /** A preview: publishing would show readers nothing new. */
        WOULD_BE_SAME,
        /** A preview: publishing would show readers something new. */
        WOULD_BE_NEW,
        /** A survey: listed, and nobody looked at the destination. */
        SURVEYED
    }

    /** Of an item that was found published. */
    static Verdict found(Extent extent) {
        return new Verdict(
                Outcome.UP_TO_DATE, new Entries(extent.entries(), extent.entries(), 0, 0), extent.bytes(), 0);
    }

    /** Of an item without a listing. */
    static Verdict unlisted(Publication publication) {
        return new Verdict(
                publication == Publication.HELD ? Outcome.HELD_BY_ANOTHER : Outcome.FAILED,
                new Entries(0, 0, 0, 0),
                0,
                0);
    }

    /** Of an item whose listing came that far. */
    static Verdict of(Counts counts, Publication publication) {
        Outcome outcome = outcome(counts, publication);
        boolean well = outcome != Outcome.FAILED && outcome != Outcome.HELD_BY_ANOTHER;
        int same = counts.of(State.SAME);
        int copied = counts.of(State.COPIED);
        int waiting = counts.of(State.MISSING) + counts.of(State.UNTRIED);
        int failed = counts.of(State.FAILED) + counts.of(State.LOST);
        long waitingBytes = counts.bytesOf(State.MISSING) + counts.bytesOf(State.UNTRIED);
        long failedBytes = counts.bytesOf(State.FAILED) + counts.bytesOf(State.LOST);
        long notSame = waitingBytes + failedBytes + counts.bytesOf(State.COPIED);
        return new Verdict(
                outcome,
                new Entries(same + copied + waiting + failed, same, copied, failed + (well ? 0 : waiting)),
                counts.bytesOf(State.SAME) + notSame,
                counts.of(State.UNTRIED) > 0 ? 0 : notSame);
    }

    private static Outcome outcome(Counts counts, Publication publication) {
        boolean compared = counts.of(State.UNTRIED) + counts.of(State.FAILED) + counts.of(State.LOST) == 0;
        return switch (publication) {
            case NONE -> Outcome.FAILED;
            case HELD -> Outcome.HELD_BY_ANOTHER;
            case FOUND -> Outcome.UP_TO_DATE;
            case SAME ->
                !counts.allThere() ? Outcome.FAILED : counts.of(State.COPIED) > 0 ? Outcome.COPIED : Outcome.UP_TO_DATE;
            case NEW -> counts.allThere() ? Outcome.COPIED : Outcome.FAILED;
            case WOULD_BE_SAME ->
                !compared ? Outcome.FAILED : counts.of(State.MISSING) > 0 ? Outcome.WOULD_COPY : Outcome.UP_TO_DATE;
            case WOULD_BE_NEW -> compared ? Outcome.WOULD_COPY : Outcome.FAILED;
            case SURVEYED -> Outcome.WOULD_COPY;
        };
    }
}
