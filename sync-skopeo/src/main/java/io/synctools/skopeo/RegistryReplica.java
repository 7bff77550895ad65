package io.synctools.skopeo;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.spi.Claim;
import io.synctools.spi.Extent;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import io.synctools.spi.Session;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * One repository at its destination. Nobody needs a lease on it: each tag is compared and written by itself, and whoever
 * writes the same content twice changes nothing.
 */
final class RegistryReplica implements Replica {
    private final TagComparison comparison;
    private final TagCopier copier;
    private final DigestLedger ledger;
    private final CopyRetries retries;
    private final Semaphore room;
    private final Optional<Referrers> referrers;

    /**
     * @param room limits the copies to one destination host that run at once
     * @param referrers brings over what refers to the images; empty where that is not declared
     */
    RegistryReplica(
            TagComparison comparison,
            TagCopier copier,
            DigestLedger ledger,
            CopyRetries retries,
            Semaphore room,
            Optional<Referrers> referrers) {
        this.comparison = comparison;
        this.copier = copier;
        this.ledger = ledger;
        this.retries = retries;
        this.room = room;
        this.referrers = referrers;
    }

    /** Each tag moves by itself: there is no revision that could be published as a whole. */
    @Override
    public Optional<Extent> published(ArtifactRef pinned) {
        return Optional.empty();
    }

    @Override
    public Session look(ArtifactRef pinned, Listing listing) {
        admit(listing);
        return new Tags();
    }

    @Override
    public Claim claim() {
        return new Tags();
    }

    private void admit(Listing listing) {
        comparison.admit(listing);
        referrers.ifPresent(all -> all.listed(listing));
    }

    /** The tags of one listing. */
    private final class Tags implements Claim, Session {

        @Override
        public boolean moved() {
            return false;
        }

        @Override
        public Session admit(ArtifactRef pinned, Listing listing) {
            RegistryReplica.this.admit(listing);
            return this;
        }

        @Override
        public Presence check(Entry entry) throws IOException, InterruptedException {
            String tag = entry.path();
            Presence presence = comparison.compare(tag);
            if (presence == Presence.SAME && referrers.isPresent()) {
                Descriptor image = comparison.wanted(tag);
                boolean whole = !comparison.stood(tag, image) || referrers.get().areThere(image);
                return whole ? Presence.SAME : Presence.DIFFERENT;
            }
            return presence;
        }

        @Override
        public void reserve(List<Entry> missing) {}

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

        /** Nothing: each tag was published as it was written. */
        @Override
        public boolean publish(Listing listing) {
            return false;
        }

        /** Also saves what was learnt; that it could not be saved costs requests, and is no failure of the tags. */
        @Override
        public void close() throws IOException {
            try {
                copier.close();
            } finally {
                ledger.save();
            }
        }
    }

    private void copyOnce(String tag, Progress progress) throws IOException, InterruptedException {
        Descriptor image = comparison.wanted(tag);
        try {
            if (referrers.isEmpty() || !copyWith(referrers.get(), tag, image, progress)) {
                copyAlone(tag, image, progress);
            }
        } catch (SyncException e) {
            if (e.kind() == FailureKind.NOT_FOUND
                    && !comparison.wantedNow(tag).digest().equals(image.digest())) {
                throw new IOException(comparison.from() + ":" + tag + " was moved while it was copied", e);
            }
            throw e;
        }
    }

    private void copyAlone(String tag, Descriptor image, Progress progress) throws IOException, InterruptedException {
        String written = copier.copy(
                comparison.source(), comparison.from(), tag, image, comparison.to(), comparison.renamed(tag), progress);
        comparison.confirm(tag, image, written);
        if (referrers.isPresent() && !written.equals(image.digest())) {
            referrers.get().tellLeftOut(tag, image, progress);
        }
    }

    /**
     * Copies an image without its tag, then what refers to it, and moves the tag at last: who reads the tag finds all of it.
     *
     * @return whether that was possible: the destination has to take the image as it is
     */
    private boolean copyWith(Referrers all, String tag, Descriptor image, Progress progress)
            throws IOException, InterruptedException {
        if (!copier.mayKeepDigest(image, comparison.to())) {
            return false;
        }
        boolean stood = comparison.stood(tag, image);
        if (!stood) {
            try {
                copyUnchanged(tag, image, "@" + image.digest(), progress);
            } catch (RefusedTypeException e) {
                return false;
            }
        }
        all.copy(image, (manifest, reference) -> {
            try {
                copyUnchanged(tag, manifest, reference, progress);
            } catch (RefusedTypeException e) {
                throw new SyncException(
                        FailureKind.INCOMPATIBLE,
                        e.getMessage() + "; it refers to " + comparison.from() + ":" + tag + ", and "
                                + comparison.to().host()
                                + " takes no such thing: leave \"referrers\" out of that rule");
            }
        });
        if (!stood) {
            copier.tag(comparison.to(), image, comparison.renamed(tag));
        }
        comparison.confirm(tag, image, image.digest());
        return true;
    }

    private void copyUnchanged(String tag, Descriptor manifest, String reference, Progress progress)
            throws IOException, InterruptedException {
        copier.copyUnchanged(
                comparison.source(), comparison.from(), tag, manifest, comparison.to(), reference, progress);
    }
}
