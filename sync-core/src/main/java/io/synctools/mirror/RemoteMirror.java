package io.synctools.mirror;

import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What a target keeps below a place that is no folder, asked over the network and without the bytes of a file. What is to be
 * done with it is decided by {@link RemoteVerifier}, {@link RemoteStatus} and {@link RemotePruner}.
 *
 * <p>Thread-safe; starts no threads. {@link IOException} means that trying again may help.
 */
public interface RemoteMirror {

    /** The place, for people: {@code oci://HOST/NAMESPACE}. */
    String address();

    /**
     * Every revision below the place, ours or not, ordered by artifact.
     *
     * @throws io.synctools.model.SyncException if the place does not tell what it holds
     */
    List<RemoteRevision> revisions() throws IOException, InterruptedException;

    /** Every revision of the artifact that an item means; none where there is nothing. */
    List<RemoteRevision> revisions(SyncItem item) throws IOException, InterruptedException;

    /** The publication that an item means, whatever it is worth by now; empty where there is none. */
    Optional<RemoteRevision> published(SyncItem item) throws IOException, InterruptedException;

    /** The files that a revision's proof names, with their checksums. */
    List<Entry> files(RemoteRevision revision) throws IOException, InterruptedException;

    /** What is wrong with a file, as far as the place tells without sending it; empty where it is right. */
    Optional<Finding> fault(RemoteRevision revision, Entry file) throws IOException, InterruptedException;

    /**
     * Removes a revision, its names first.
     *
     * @throws io.synctools.model.SyncException if the place does not let us
     */
    void remove(RemoteRevision revision) throws IOException, InterruptedException;
}
