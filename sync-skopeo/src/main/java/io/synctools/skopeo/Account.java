package io.synctools.skopeo;

import io.synctools.model.SyncException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a run has learnt of one account at one registry, so that a password that was refused is not shown again: many
 * registries lock an account after a few.
 *
 * <p>Thread-safe.
 */
final class Account {
    /** Held by the request that shows the account first; the others wait for what becomes of it. */
    final ReentrantLock first = new ReentrantLock();

    private volatile boolean proven;
    private volatile boolean pushed;
    private volatile @Nullable SyncException refusal;
    private volatile @Nullable SyncException pushRefusal;

    /** Whether it was accepted once. */
    boolean isProven() {
        return proven;
    }

    /** It was accepted. */
    void proven() {
        proven = true;
    }

    /** It was refused; a refusal after it was accepted is about something else. */
    void refused(SyncException why) {
        if (!proven) {
            refusal = why;
        }
    }

    /** skopeo pushed with it. */
    void pushed() {
        pushed = true;
    }

    /** skopeo was refused with it; says nothing if it could push before. */
    void pushRefused(SyncException why) {
        if (!pushed) {
            pushRefusal = why;
        }
    }

    /** @throws SyncException if it was refused before */
    void requireNotRefused() {
        SyncException why = refusal;
        if (why != null) {
            throw why;
        }
    }

    /** @throws SyncException if skopeo was refused before */
    void requireMayPush() {
        requireNotRefused();
        SyncException why = pushRefusal;
        if (why != null) {
            throw why;
        }
    }
}
