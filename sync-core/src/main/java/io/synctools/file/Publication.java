package io.synctools.file;

import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Which publication stands at a place at one moment, or will once what was decided is finished; equal for as long as nobody
 * publishes there.
 *
 * @param proof of it; empty where nothing is published, or its proof is damaged
 * @param file tells the proof's file apart from one that took its place
 */
record Publication(Optional<Proof> proof, String file) {

    /** What stands there now; the folder is opened first, by the look for workspaces. */
    static Publication in(Path state) throws IOException {
        Path decided = Workspace.decided(state).map(Workspace::decision).orElse(FolderReplica.proofIn(state));
        String file = Stat.of(decided)
                .map(BasicFileAttributes::fileKey)
                .map(Object::toString)
                .orElse("");
        return new Publication(Proof.head(decided), file);
    }
}
