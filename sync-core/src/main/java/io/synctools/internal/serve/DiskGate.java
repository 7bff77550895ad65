package io.synctools.internal.serve;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Lets a few at once ask the disk of one root. Where it hangs it holds these few, and whoever comes later is told so: readers
 * of other roots are answered as ever. Thread-safe.
 */
final class DiskGate {
    static final int MOST = 8;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

    /** The same for one question while the disk answers others: a folder may hang alone, and a large table takes its time. */
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(30);

    private final String name;
    private final ExecutorService askers;
    private final long longest;
    private final Semaphore places = new Semaphore(MOST);
    private volatile long moved = System.nanoTime();
    private volatile boolean isSilent;
    private volatile long tried;

    /**
     * A gate.
     *
     * @param name of what is behind it, for messages
     * @param askers has a thread for whoever asks
     */
    DiskGate(String name, ExecutorService askers) {
        this(name, askers, LONGEST);
    }

    /**
     * A gate with a patience of its own.
     *
     * @param longest how long one question may go without an answer, in nanoseconds
     */
    DiskGate(String name, ExecutorService askers, long longest) {
        this.name = name;
        this.askers = askers;
        this.longest = longest;
    }

    /** What may wait for a disk. */
    interface Work<T> {
        /**
         * Does it.
         *
         * @param moves to be told of each part that the disk answered
         */
        T run(Runnable moves) throws IOException;
    }

    /** Something that a disk was asked; it is asked until it answers, whether or not anybody waits for that. */
    final class Question<T> {
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        private volatile long answered = System.nanoTime();

        private Question() {}

        private void moves() {
            answered = System.nanoTime();
            DiskGate.this.moves();
        }

        boolean isOpen() {
            return !answer.isDone();
        }

        /**
         * The answer.
         *
         * @throws UnprovenException if the disk has answered nothing for two seconds, or nothing of this for thirty
         */
        T get() throws IOException {
            try {
                return getOfAll();
            } catch (UnprovenException e) {
                if (!answer.isDone() && System.nanoTime() - moved >= PATIENCE) {
                    isSilent = true;
                    tried = System.nanoTime();
                }
                throw e;
            }
        }

        /** The same of a look through all of it: that its first part takes long does not make the disk a silent one. */
        T getOfAll() throws IOException {
            while (true) {
                long now = System.nanoTime();
                long left = Math.min(PATIENCE - (now - moved), longest - (now - answered));
                try {
                    return answer.get(Math.max(0, left), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    now = System.nanoTime();
                    if (now - moved >= PATIENCE || now - answered >= longest) {
                        throw silence();
                    }
                } catch (InterruptedException e) {
                    throw ended(e);
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof IOException refused) {
                        throw refused;
                    }
                    if (e.getCause() instanceof RuntimeException failed) {
                        throw failed;
                    }
                    throw new IOException(e.getCause());
                }
            }
        }
    }

    /**
     * Has another thread ask it, so that who waits for the answer can cease to. One that was silent is asked again every two
     * seconds.
     */
    <T> Question<T> ask(Work<T> work) throws IOException {
        if (isSilent && !isTimeToTry()) {
            throw silence();
        }
        enter();
        Question<T> question = new Question<>();
        boolean begun = false;
        try {
            askers.execute(() -> {
                try {
                    T found = work.run(question::moves);
                    leave();
                    question.answer.complete(found);
                } catch (IOException | RuntimeException | Error e) { // the answer: who waits for it throws it
                    leave();
                    question.answer.completeExceptionally(e);
                }
            });
            begun = true;
        } catch (RejectedExecutionException e) {
            throw ended(e);
        } finally {
            if (!begun) {
                leave();
            }
        }
        return question;
    }

    /**
     * Asks it, as one of a few, on this thread: which hangs with it.
     *
     * @throws UnprovenException if it is known to be silent, or those who are at it have not moved for two seconds
     */
    <T> T pass(Work<T> work) throws IOException {
        if (isSilent) {
            throw silence();
        }
        enter();
        try {
            return work.run(this::moves);
        } finally {
            leave();
        }
    }

    private void moves() {
        moved = System.nanoTime();
    }

    private void enter() throws IOException {
        while (!places.tryAcquire()) {
            long patience = PATIENCE - (System.nanoTime() - moved);
            if (patience <= 0) {
                throw silence();
            }
            try {
                if (places.tryAcquire(patience, TimeUnit.NANOSECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                throw ended(e);
            }
        }
        if (places.availablePermits() == MOST - 1) {
            moves(); // patience begins with the first
        }
    }

    private void leave() {
        moves();
        isSilent = false;
        places.release();
    }

    private synchronized boolean isTimeToTry() {
        if (System.nanoTime() - tried < PATIENCE) {
            return false;
        }
        tried = System.nanoTime();
        return true;
    }

    private UnprovenException silence() {
        return new UnprovenException(name + " does not answer; look at the disk or at the server that it is on");
    }

    private IOException ended(Exception why) {
        if (why instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new IOException("ended while it waited for " + name, why);
    }
}
