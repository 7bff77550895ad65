package io.synctools.mirror;

import io.synctools.internal.retry.Retrier;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import java.util.List;
import java.util.Optional;

/** Asks a mirror again where that may help, so that every failure says what was asked of whom. Thread-safe. */
final class RetriedMirror implements RemoteMirror {
    private final RemoteMirror mirror;
    private final Retrier retrier;

    RetriedMirror(RemoteMirror mirror, Retrier retrier) {
        this.mirror = mirror;
        this.retrier = retrier;
    }

    @Override
    public String address() {
        return mirror.address();
    }

    @Override
    public List<RemoteRevision> revisions() throws InterruptedException {
        return retrier.call("list what lies below " + address(), mirror::revisions);
    }

    @Override
    public List<RemoteRevision> revisions(SyncItem item) throws InterruptedException {
        return retrier.call("list what there is of " + item.to().text(), () -> mirror.revisions(item));
    }

    @Override
    public Optional<RemoteRevision> published(SyncItem item) throws InterruptedException {
        return retrier.call("look for " + item.to().text(), () -> mirror.published(item));
    }

    @Override
    public List<Entry> files(RemoteRevision revision) throws InterruptedException {
        return retrier.call("read " + revision.to(), () -> mirror.files(revision));
    }

    @Override
    public Optional<Finding> fault(RemoteRevision revision, Entry file) throws InterruptedException {
        return retrier.call("look for " + file.path() + " of " + revision.to(), () -> mirror.fault(revision, file));
    }

    @Override
    public void remove(RemoteRevision revision) throws InterruptedException {
        retrier.call("remove " + revision.to(), () -> {
            mirror.remove(revision);
            return revision;
        });
    }
}
