package io.synctools.s3;

import io.synctools.file.Declaration;
import io.synctools.file.Proof;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.spi.Claim;
import io.synctools.spi.Extent;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.RunContext;
import io.synctools.spi.Session;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** One artifact in a store, as one listing showed it. */
final class StoreReplica implements Replica {
    private final StoreTarget target;
    private final StoreApi api;
    private final StorePlace place;
    private final FileSource source;
    private final SyncItem item;
    private final Reporter reporter;
    private final StoreListing seen;

    StoreReplica(
            StoreTarget target, StoreApi api, StorePlace place, FileSource source, SyncItem item, Reporter reporter)
            throws IOException, InterruptedException {
        this.target = target;
        this.api = api;
        this.place = place;
        this.source = source;
        this.item = item;
        this.reporter = reporter;
        this.seen = StoreListing.of(api, place);
    }

    @Override
    public Optional<Extent> published(ArtifactRef pinned) {
        return context().options().get(SyncOptions.VERIFY)
                ? Optional.empty()
                : seen.proven(pinned, filter()).map(proof -> new Extent(proof.files(), proof.bytes()));
    }

    @Override
    public Session look(ArtifactRef pinned, Listing listing) throws IOException, InterruptedException {
        if (seen.isLeased()) {
            StoreLease.holder(api, place)
                    .filter(holder -> !holder.isGone())
                    .ifPresent(holder -> reporter.note("another runner works on it: " + holder.describe()));
        }
        return session(pinned, listing, seen, Optional.empty());
    }

    @Override
    public Claim claim() throws IOException, InterruptedException {
        StoreLease lease = StoreLease.take(api, place, context(), reporter);
        boolean ready = false;
        try {
            StoreListing now = StoreListing.of(api, place);
            ready = true;
            return new Held(lease, now);
        } finally {
            if (!ready) {
                lease.close();
            }
        }
    }

    private final class Held implements Claim {
        private final StoreLease lease;
        private StoreListing now;
        private boolean fresh = true;

        Held(StoreLease lease, StoreListing now) {
            this.lease = lease;
            this.now = now;
        }

        @Override
        public boolean moved() {
            return !now.publications().equals(seen.publications());
        }

        @Override
        public Session admit(ArtifactRef pinned, Listing listing) throws IOException, InterruptedException {
            if (!fresh) {
                now = StoreListing.of(api, place);
            }
            fresh = false;
            return session(pinned, listing, now, Optional.of(lease));
        }

        @Override
        public void close() throws IOException {
            lease.close();
        }
    }

    private Session session(ArtifactRef pinned, Listing listing, StoreListing standing, Optional<StoreLease> lease)
            throws IOException, InterruptedException {
        place.check(listing.entries(), StorePlace.revision(pinned));
        place.ref(pinned.revision());
        List<StoreProof> proofs = standing.proofs(api, place);
        Optional<StoreProof> before = proofs.stream()
                .filter(proof -> proof.revision().equals(pinned.revision()))
                .max(Comparator.comparing(StoreProof::published));
        Declaration.of(item, pinned, context()).refuse(before.map(StoreProof::head));
        Proof.refuseEmptied(before.map(StoreProof::head), listing);
        return StoreSession.begin(this, pinned, listing, standing, proofs, lease);
    }

    /** What of the artifact is declared. */
    String filter() {
        return item.filter().text();
    }

    void note(String text) {
        reporter.note(text);
    }

    RunContext context() {
        return target.context();
    }

    StoreTarget target() {
        return target;
    }

    StoreApi api() {
        return api;
    }

    StorePlace place() {
        return place;
    }

    FileSource source() {
        return source;
    }

    SyncItem item() {
        return item;
    }
}
