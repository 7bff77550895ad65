package io.synctools.internal.http;

import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets the first question about a thing be refused for all others: one goes ahead, the rest wait for its answer, and are
 * not asked where nobody is let in.
 *
 * <p>Thread-safe.
 *
 * @param <K> what stands for a thing
 */
public final class FirstRefusal<K> {
    private final Map<K, State> states = new ConcurrentHashMap<>();

    /** A question that may be refused. */
    @FunctionalInterface
    public interface Question<T> {
        T ask() throws IOException, InterruptedException;
    }

    private static final class State {
        private final ReentrantLock first = new ReentrantLock();
        private volatile boolean open;
        private volatile @Nullable SyncException refused;
    }

    /**
     * Asks, unless a question about the same thing was refused before.
     *
     * @throws SyncException what the first one was refused with
     */
    public <T> T ask(K thing, Question<T> question) throws IOException, InterruptedException {
        State state = states.computeIfAbsent(thing, key -> new State());
        if (!state.open) {
            state.first.lockInterruptibly();
            try {
                if (state.refused != null) {
                    throw state.refused;
                }
                if (!state.open) {
                    T answer = question.ask();
                    state.open = true;
                    return answer;
                }
            } catch (SyncException e) {
                if (e.kind() == FailureKind.ACCESS) {
                    state.refused = e;
                }
                throw e;
            } finally {
                state.first.unlock();
            }
        }
        return question.ask();
    }

    /** Forgets what was found out about some things: somebody looks anew. */
    public void forget(Predicate<K> things) {
        states.keySet().removeIf(things);
    }
}
