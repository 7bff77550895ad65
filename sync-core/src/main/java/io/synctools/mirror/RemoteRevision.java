package io.synctools.mirror;

import io.synctools.file.Proof;
import java.util.Optional;
import java.util.Set;

/**
 * One revision of an artifact in a place that is no folder.
 *
 * @param to the artifact's destination, {@code scheme:name}
 * @param id by which the place knows the revision
 * @param names what readers call it: branches and tags; empty where only its own commit names it
 * @param proof what was published; empty where it is not ours
 */
public record RemoteRevision(String to, String id, Set<String> names, Optional<Proof> proof) {

    public RemoteRevision {
        names = Set.copyOf(names);
    }

    /** The bytes of its files, as far as a proof tells. */
    public long bytes() {
        return proof.map(Proof::bytes).orElse(0L);
    }
}
