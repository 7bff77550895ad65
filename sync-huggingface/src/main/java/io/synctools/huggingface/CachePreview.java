package io.synctools.huggingface;

import io.synctools.file.FileReceiver;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Session;
import java.io.IOException;
import java.util.List;

/** The session of a preview: compares, and changes nothing. */
record CachePreview(CacheComparison comparison) implements Session {

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        return comparison.check(entry);
    }

    @Override
    public void reserve(List<Entry> missing) throws IOException, InterruptedException {
        CacheReplica replica = comparison.replica();
        List<Entry> contents = CacheComparison.distinct(missing);
        FileReceiver receiver = FileReceiver.of(replica.context());
        replica.adoption()
                .reserve(receiver, replica.repo().parts(), contents, replica::note)
                .close();
    }

    @Override
    public void pull(Entry entry, Progress progress) {
        throw new IllegalStateException("a preview pulls nothing");
    }

    @Override
    public boolean publish(Listing listing) throws IOException {
        return comparison.hasNews();
    }
}
