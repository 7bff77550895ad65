package io.synctools.huggingface;

import io.synctools.file.Lease;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import io.synctools.spi.Claim;
import io.synctools.spi.Session;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An item's part in the lease on its repository. */
final class CacheClaim implements Claim {
    private final CacheReplica replica;
    private final Lease lease;
    private final Object user;
    private @Nullable CacheSession session;

    CacheClaim(CacheReplica replica, Lease lease, Object user) {
        this.replica = replica;
        this.lease = lease;
        this.user = user;
    }

    @Override
    public boolean moved() throws IOException {
        return replica.hasMoved();
    }

    @Override
    public Session admit(ArtifactRef pinned, Listing listing) throws IOException {
        endSession();
        CacheSession next = new CacheSession(replica, lease, new CacheComparison(replica, pinned, listing));
        session = next;
        return next;
    }

    private void endSession() {
        CacheSession ended = session;
        session = null;
        if (ended != null) {
            ended.end();
        }
    }

    @Override
    public void close() throws IOException {
        endSession();
        replica.shared().leave(user);
    }
}
