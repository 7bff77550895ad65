package io.synctools.file;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import io.synctools.spi.Claim;
import io.synctools.spi.Session;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The lease on one folder. */
final class FolderClaim implements Claim {
    private final FolderReplica replica;
    private final Lease lease;
    private final FoldersMade made;
    private @Nullable FolderSession session;

    FolderClaim(FolderReplica replica, Lease lease, FoldersMade made) {
        this.replica = replica;
        this.lease = lease;
        this.made = made;
    }

    @Override
    public boolean moved() throws IOException {
        return !Publication.in(replica.layout().state()).equals(replica.seen());
    }

    @Override
    public Session admit(ArtifactRef pinned, Listing listing) throws IOException {
        endSession();
        NameGuard.check(listing.entries(), replica.layout().reserved());
        replica.refuse(pinned, listing);
        FolderSession next = FolderSession.begin(replica, lease, pinned, listing);
        session = next;
        return next;
    }

    private void endSession() throws IOException {
        FolderSession ended = session;
        session = null;
        if (ended != null) {
            ended.end();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            endSession();
        } finally {
            try {
                lease.close();
            } finally {
                made.removeEmpty();
            }
        }
    }
}
