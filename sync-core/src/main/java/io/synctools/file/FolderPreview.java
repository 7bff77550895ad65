package io.synctools.file;

import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The session of a preview: compares, and changes nothing. */
record FolderPreview(FolderComparison comparison) implements Session {

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        return comparison.check(entry);
    }

    @Override
    public void reserve(List<Entry> missing) throws IOException, InterruptedException {
        comparison.refuseObstacles(missing);
        FolderReplica replica = comparison.replica();
        Path state = replica.layout().state();
        Path parts =
                Workspace.in(state).stream().map(Workspace::parts).findFirst().orElse(state);
        FileReceiver receiver = FileReceiver.of(replica.context());
        replica.adoption().reserve(receiver, parts, missing, replica::note).close();
    }

    @Override
    public void pull(Entry entry, Progress progress) {
        throw new IllegalStateException("a preview pulls nothing");
    }

    @Override
    public boolean publish(Listing listing) {
        return comparison.hasNews();
    }
}
