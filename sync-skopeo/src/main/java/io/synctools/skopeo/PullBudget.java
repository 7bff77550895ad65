package io.synctools.skopeo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Gives out the pulls that a registry counts before copies begin, so that few pulls finish few tags and not none.
 *
 * <p>Thread-safe.
 */
final class PullBudget {
    /** What a list holds beside its children, and the least that a child takes in it. */
    private static final int LIST_BYTES = 80;

    private static final int CHILD_BYTES = 150;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private final Map<ImageRepository, Double> childBytes = new ConcurrentHashMap<>();

    @GuardedBy("lock")
    private int reserved;

    /** Something that is asked of a registry, at no pull. */
    @FunctionalInterface
    interface QuotaQuery {
        Optional<Quota> now() throws IOException, InterruptedException;
    }

    /** Counts the children of a list. */
    @FunctionalInterface
    interface Children {
        int count() throws IOException, InterruptedException;
    }

    /**
     * How many pulls a copy costs: one for each platform and one for the list. Guessed high from the list's size, until a
     * list of that repository was seen.
     */
    int cost(ImageRepository from, Descriptor image) {
        if (!image.isList()) {
            return 1;
        }
        Double known = childBytes.get(from);
        double children = known == null
                ? Math.floor((image.size() - LIST_BYTES) / (double) CHILD_BYTES)
                : Math.rint((image.size() - LIST_BYTES) / known);
        return 1 + (int) Math.max(1, children);
    }

    /** Whether costs of this repository are still guessed. */
    boolean guesses(ImageRepository from, Descriptor image) {
        return image.isList() && !childBytes.containsKey(from);
    }

    /** Counts the children of a list, which costs a pull: others of its repository are written alike. Done once. */
    void learn(ImageRepository from, Descriptor image, Children children) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            if (guesses(from, image)) {
                int bytes = (int) Math.max(1, image.size() - LIST_BYTES);
                childBytes.put(from, bytes / (double) Math.max(1, children.count()));
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reserves pulls, waiting for copies under way where those have reserved what is left.
     *
     * @return empty if they are reserved, or are not counted; else what is left, too little although nobody else pulls
     */
    Optional<Quota> take(int pulls, QuotaQuery ask) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                Optional<Quota> quota = ask.now();
                if (quota.isEmpty() || quota.get().remaining() - reserved >= pulls) {
                    reserved += pulls;
                    return Optional.empty();
                }
                if (reserved == 0) {
                    return quota;
                }
                returned.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The copy for which they were reserved has ended. */
    void giveBack(int pulls) {
        lock.lock();
        try {
            reserved -= pulls;
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
