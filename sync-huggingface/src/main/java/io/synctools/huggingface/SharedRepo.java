package io.synctools.huggingface;

import io.synctools.file.Disk;
import io.synctools.file.Lease;
import io.synctools.internal.disk.Rights;
import io.synctools.model.Checksum;
import io.synctools.model.HeldByAnotherException;
import io.synctools.spi.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * What the items of one run that write to the same repository's folder share: several revisions may stand side by side,
 * under one lease, with the same blobs. Thread-safe.
 */
final class SharedRepo {
    private final CacheRepo repo;
    private final Disk disk;
    private final Set<Checksum> fetched = ConcurrentHashMap.newKeySet();
    private final Map<Checksum, CountDownLatch> inFlight = new ConcurrentHashMap<>();
    private final Set<CacheReplica.Claim> users = new HashSet<>();
    private @Nullable Lease lease;
    private @Nullable FileChannel journal;

    SharedRepo(CacheRepo repo, Disk disk) {
        this.repo = repo;
        this.disk = disk;
    }

    CacheRepo repo() {
        return repo;
    }

    /** Brings one content here. */
    @FunctionalInterface
    interface Fetch {
        void run() throws IOException, InterruptedException;
    }

    /**
     * Takes the lease, or joins the item that has it; to be left again. Who takes it removes what a killed run left
     * half-written.
     *
     * @throws HeldByAnotherException also where an item of this run does the very same work
     */
    synchronized Lease join(CacheReplica.Claim user, Settings settings) throws IOException, InterruptedException {
        if (users.contains(user)) {
            throw new HeldByAnotherException(
                    user.destination() + " is being written by another item of this run; remove one of them");
        }
        if (lease == null) {
            Lease taken = Lease.take(repo.lease(), settings);
            boolean ready = false;
            try {
                disk.deleteTree(repo.temporary());
                Rights.makeFolders(repo.temporary());
                Rights.makeFolders(repo.parts());
                ready = true;
            } finally {
                if (!ready) {
                    taken.close();
                }
            }
            lease = taken;
        }
        users.add(user);
        return lease;
    }

    /** Gives the lease up with the last user. */
    synchronized void leave(CacheReplica.Claim user) throws IOException {
        users.remove(user);
        if (!users.isEmpty() || lease == null) {
            return;
        }
        fetched.clear();
        Lease given = lease;
        FileChannel written = journal;
        lease = null;
        journal = null;
        try {
            if (written != null) {
                written.close();
            }
        } finally {
            given.close();
        }
    }

    /**
     * Drops the journal, which a proof now makes needless, and partial files that nobody finished: while another item is
     * at work here they may be its own.
     */
    synchronized void tidy() throws IOException {
        if (users.size() > 1) {
            return;
        }
        if (journal != null) {
            journal.close();
            journal = null;
        }
        disk.delete(repo.journal());
        disk.deleteTree(repo.parts());
        Rights.makeFolders(repo.parts());
    }

    /**
     * Fetches a content unless it was fetched already; while another thread does, waits for it.
     *
     * @return whether this call fetched it
     */
    boolean fetchOnce(Checksum checksum, Fetch fetch) throws IOException, InterruptedException {
        while (!fetched.contains(checksum)) {
            CountDownLatch mine = new CountDownLatch(1);
            CountDownLatch other = inFlight.putIfAbsent(checksum, mine);
            if (other != null) {
                other.await();
                continue;
            }
            try {
                fetch.run();
                record(checksum);
                return true;
            } finally {
                inFlight.remove(checksum);
                mine.countDown();
            }
        }
        return false;
    }

    private synchronized void record(Checksum checksum) throws IOException {
        if (journal == null) {
            journal = FileChannel.open(
                    repo.journal(), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            Rights.likeFolder(repo.journal(), repo.state());
        }
        journal.write(ByteBuffer.wrap((checksum + "\n").getBytes(StandardCharsets.US_ASCII)));
        fetched.add(checksum);
    }
}
