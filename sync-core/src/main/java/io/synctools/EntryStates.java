package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.model.Entry;
import java.util.AbstractList;
import java.util.List;
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
        GONE;

        private static final List<State> ALL = List.of(values());
    }

    /**
     * How many entries are in each state, and how big those are together, at one moment.
     *
     * @param entries by the state's ordinal
     * @param bytes by the state's ordinal
     */
    record Counts(List<Integer> entries, List<Long> bytes) {

        int of(State state) {
            return entries.get(state.ordinal());
        }

        long bytesOf(State state) {
            return bytes.get(state.ordinal());
        }

        /** Whether every declared entry is there. */
        boolean allThere() {
            return of(State.UNTRIED) + of(State.MISSING) + of(State.FAILED) + of(State.LOST) == 0;
        }
    }

    private final List<Entry> entries;

    @GuardedBy("this")
    private final byte[] states;

    @GuardedBy("this")
    private final int[] counts = new int[State.ALL.size()];

    @GuardedBy("this")
    private final long[] bytes = new long[State.ALL.size()];

    /** All entries untried. */
    EntryStates(List<Entry> entries) {
        this.entries = entries;
        this.states = new byte[entries.size()];
        this.counts[State.UNTRIED.ordinal()] = entries.size();
        for (Entry entry : entries) {
            this.bytes[State.UNTRIED.ordinal()] += Math.max(0, entry.size());
        }
    }

    synchronized State of(int entry) {
        return State.ALL.get(states[entry]);
    }

    synchronized void set(int entry, State state) {
        int before = states[entry];
        int now = state.ordinal();
        long size = Math.max(0, entries.get(entry).size());
        states[entry] = (byte) now;
        counts[before]--;
        counts[now]++;
        bytes[before] -= size;
        bytes[now] += size;
    }

    synchronized Counts counts() {
        Integer[] entriesNow = new Integer[counts.length];
        Long[] bytesNow = new Long[counts.length];
        for (int i = 0; i < counts.length; i++) {
            entriesNow[i] = counts[i];
            bytesNow[i] = bytes[i];
        }
        return new Counts(List.of(entriesNow), List.of(bytesNow));
    }

    /** The entries in a state, by their numbers, in the listing's order. */
    synchronized int[] in(State state) {
        int[] found = new int[counts[state.ordinal()]];
        int next = 0;
        for (int i = 0; i < states.length; i++) {
            if (states[i] == state.ordinal()) {
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
