package io.synctools.skopeo;

import io.synctools.internal.retry.Retrier;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One repository at its destination. A tag publishes itself, so that nothing is left to do but to save what was learnt.
 */
final class RegistryReplica implements Replica {
    /** How often a copy may break off after it had time to move something. */
    private static final int STEPS = 20;

    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final TagComparison comparison;
    private final TagCopier copier;
    private final DigestLedger ledger;
    private final Retrier retrier;
    private final Semaphore room;
    private volatile boolean mayWrite;

    /** @param room limits the copies to one destination host that run at once */
    RegistryReplica(TagComparison comparison, TagCopier copier, DigestLedger ledger, Retrier retrier, Semaphore room) {
        this.comparison = comparison;
        this.copier = copier;
        this.ledger = ledger;
        this.retrier = retrier;
        this.room = room;
    }

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        return comparison.compare(entry.path());
    }

    @Override
    public void begin(List<Entry> missing) {
        mayWrite = true;
    }

    @Override
    public void pull(Entry entry, Progress progress) throws IOException, InterruptedException {
        String tag = entry.path();
        String what = "copy " + comparison.from() + ":" + tag + " to " + comparison.to();
        room.acquire();
        try {
            boolean done = false;
            for (int steps = 1; !done; steps++) {
                boolean mayGoOn = steps < STEPS;
                done = retrier.call(what, () -> copyOrMove(tag, progress, mayGoOn));
            }
        } finally {
            room.release();
        }
    }

    /**
     * Copies, or says that a copy broke off which had time to bring layers over: those are found again, so that the
     * next one begins with new patience.
     */
    private boolean copyOrMove(String tag, Progress progress, boolean mayGoOn)
            throws IOException, InterruptedException {
        long begun = TimeSource.SYSTEM.nanos();
        try {
            copyOnce(tag, progress);
            return true;
        } catch (RetryLaterException e) {
            throw e;
        } catch (IOException e) {
            if (mayGoOn && TimeSource.SYSTEM.nanos() - begun > LONG_NANOS) {
                return false;
            }
            throw e;
        }
    }

    private void copyOnce(String tag, Progress progress) throws IOException, InterruptedException {
        Descriptor image = comparison.wanted(tag);
        try {
            copier.copy(comparison.from(), image, comparison.to(), tag, progress);
        } catch (SyncException e) {
            if (e.kind() == FailureKind.NOT_FOUND
                    && !comparison.wantedNow(tag).digest().equals(image.digest())) {
                throw new IOException(comparison.from() + ":" + tag + " was moved while it was copied", e);
            }
            throw e;
        }
    }

    @Override
    public void publish(Listing listing) throws IOException {
        ledger.save();
    }

    @Override
    public void close() throws IOException {
        try {
            copier.close();
        } finally {
            if (mayWrite) {
                ledger.save();
            }
        }
    }
}
