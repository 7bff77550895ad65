package io.synctools.huggingface.xet;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.retry.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The token for the files of one repository at one commit: asked for once, and again before it ends. Thread-safe; while
 * one thread asks the others wait for its answer.
 */
public final class StoreAccess {
    private static final long EARLIER_SECONDS = 60;
    /** A clock that is wrong by hours must not cost a token for each request. */
    private static final long LEAST_SECONDS = 60;

    private final Question hub;
    private final TimeSource time;
    private final Lock asking = new ReentrantLock();
    private volatile @Nullable Known known;
    /** Set where the hub gives no token at all: it is not asked for each file. */
    @GuardedBy("asking")
    private @Nullable String refusal;

    /** Asks the hub for a token. */
    @FunctionalInterface
    public interface Question {
        StoreToken ask() throws IOException, InterruptedException;
    }

    private record Known(StoreToken token, long until) {}

    /**
     * No token yet.
     *
     * @param hub asks for one
     * @param time how long it lasts
     */
    public StoreAccess(Question hub, TimeSource time) {
        this.hub = hub;
        this.time = time;
    }

    /** A token that is valid for a while. */
    StoreToken token() throws IOException, InterruptedException {
        Known now = known;
        if (now != null && isValid(now)) {
            return now.token();
        }
        asking.lockInterruptibly();
        try {
            Known meanwhile = known;
            if (meanwhile != null && isValid(meanwhile)) {
                return meanwhile.token();
            }
            if (refusal != null) {
                throw new NoChunksException(refusal);
            }
            StoreToken token = ask();
            long lasts = token.expires() - time.now().getEpochSecond() - EARLIER_SECONDS;
            Duration bounded = Duration.ofSeconds(Math.min(Math.max(lasts, LEAST_SECONDS), 24 * 3600));
            known = new Known(token, time.nanos() + bounded.toNanos());
            return token;
        } finally {
            asking.unlock();
        }
    }

    @GuardedBy("asking")
    private StoreToken ask() throws IOException, InterruptedException {
        try {
            return hub.ask();
        } catch (NoChunksException e) {
            refusal = String.valueOf(e.getMessage());
            throw e;
        }
    }

    /** The store did not take this token: the next one is asked for, unless another thread has it already. */
    void forget(StoreToken refused) {
        Known now = known;
        if (now != null && now.token().equals(refused)) {
            known = null;
        }
    }

    private boolean isValid(Known candidate) {
        return candidate.until() - time.nanos() > 0;
    }
}
