package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.model.Entry;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;

/**
 * What became of each entry of a listing: all that decides how its item ends ({@link Verdict}). Thread-safe; each entry is
 * settled by one thread at a time.
 */
final class EntryStates {

    /** What became of an entry. */
    enum State {
        /** Nobody has looked yet. */
        UNTRIED,
        /** It was there before. */
        SAME,
        /** It is not there, and is to be fetched. */
        MISSING,
        /** It was fetched, and is there. */
        COPIED,
        /** It could not be compared or fetched. */
        FAILED,
        /** The source did not find it although it had listed it. */
        LOST,
        /** It was lost, and the source lists it no more: it is not declared any longer. */
        GONE
    }

    /** How many entries there are of a kind, and how big they are together. */
    private record Sum(int entries, long bytes) {
        private static final Sum NONE = new Sum(0, 0);

        Sum plus(int moreEntries, long moreBytes) {
            return new Sum(entries + moreEntries, bytes + moreBytes);
        }
    }

    /** How many entries are in each state, and how big those are together, at one moment. */
    static final class Counts {
        private final Map<State, Sum> sums;

        private Counts(Map<State, Sum> sums) {
            this.sums = new EnumMap<>(sums);
        }

        int of(State state) {
            return sums.getOrDefault(state, Sum.NONE).entries();
        }

        long bytesOf(State state) {
            return sums.getOrDefault(state, Sum.NONE).bytes();
        }

        /** Whether every declared entry is there. */
        boolean allThere() {
            return of(State.UNTRIED) + of(State.MISSING) + of(State.FAILED) + of(State.LOST) == 0;
        }
    }

    private final List<Entry> entries;

    @GuardedBy("this")
    private final State[] states;

    @GuardedBy("this")
    private final Map<State, Sum> sums = new EnumMap<>(State.class);

    /** All entries untried. */
    EntryStates(List<Entry> entries) {
        this.entries = entries;
        this.states = new State[entries.size()];
        Arrays.fill(states, State.UNTRIED);
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += Math.max(0, entry.size());
        }
        this.sums.put(State.UNTRIED, new Sum(entries.size(), bytes));
    }

    synchronized State of(int entry) {
        return states[entry];
    }

    synchronized void set(int entry, State state) {
        long size = Math.max(0, entries.get(entry).size());
        add(states[entry], -1, -size);
        add(state, 1, size);
        states[entry] = state;
    }

    @GuardedBy("this")
    private void add(State state, int moreEntries, long moreBytes) {
        sums.put(state, sums.getOrDefault(state, Sum.NONE).plus(moreEntries, moreBytes));
    }

    synchronized Counts counts() {
        return new Counts(sums);
    }

    /** The entries in a state, by their numbers, in the listing's order. */
    synchronized int[] in(State state) {
        int[] found = new int[sums.getOrDefault(state, Sum.NONE).entries()];
        int next = 0;
        for (int i = 0; i < states.length; i++) {
            if (states[i] == state) {
                found[next++] = i;
            }
        }
        return found;
    }

    /** The entries of some numbers, without copying them. */
    List<Entry> chosen(int[] numbers) {
        return new Chosen(entries, numbers);
    }

    private static final class Chosen extends AbstractList<Entry> implements RandomAccess {
        private final List<Entry> entries;
        private final int[] numbers;

        Chosen(List<Entry> entries, int[] numbers) {
            this.entries = entries;
            this.numbers = numbers;
        }

        @Override
        public Entry get(int index) {
            return entries.get(numbers[index]);
        }

        @Override
        public int size() {
            return numbers.length;
        }
    }
}
