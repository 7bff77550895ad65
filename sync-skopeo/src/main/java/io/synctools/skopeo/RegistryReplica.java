package io.synctools.skopeo;

import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;

/** One repository at its destination. */
final class RegistryReplica implements Replica {
    private final TagComparison comparison;
    private final TagCopier copier;
    private final DigestLedger ledger;
    private final CopyRetries retries;
    private final Semaphore room;
    private volatile boolean mayWrite;

    /** @param room limits the copies to one destination host that run at once */
    RegistryReplica(
            TagComparison comparison, TagCopier copier, DigestLedger ledger, CopyRetries retries, Semaphore room) {
        this.comparison = comparison;
        this.copier = copier;
        this.ledger = ledger;
        this.retries = retries;
        this.room = room;
    }

    @Override
    public void admit(Listing listing) {
        comparison.admit(listing);
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
    public void pull(Entry entry, Progress progress) throws InterruptedException {
        String tag = entry.path();
        String what =
                "copy " + comparison.from() + ":" + tag + " to " + comparison.to() + ":" + comparison.renamed(tag);
        copier.requireMayPush(comparison.to());
        room.acquire();
        try {
            copier.requireMayPush(comparison.to());
            retries.call(what, copier.tokenLife(comparison.from(), comparison.to()), () -> copyOnce(tag, progress));
            copier.pushed(comparison.to());
        } catch (RefusedLoginException e) {
            copier.pushRefused(comparison.to(), e);
            throw e;
        } finally {
            room.release();
        }
    }

    private void copyOnce(String tag, Progress progress) throws IOException, InterruptedException {
        Descriptor image = comparison.wanted(tag);
        try {
            String written = copier.copy(
                    comparison.source(),
                    comparison.from(),
                    tag,
                    image,
                    comparison.to(),
                    comparison.renamed(tag),
                    progress);
            comparison.confirm(tag, image, written);
        } catch (SyncException e) {
            if (e.kind() == FailureKind.NOT_FOUND
                    && !comparison.wantedNow(tag).digest().equals(image.digest())) {
                throw new IOException(comparison.from() + ":" + tag + " was moved while it was copied", e);
            }
            throw e;
        }
    }

    /** Nothing: each tag was published as it was written. */
    @Override
    public void publish(Listing listing) {}

    /** Also saves what was learnt; that it could not be saved costs requests, and is no failure of the tags. */
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
