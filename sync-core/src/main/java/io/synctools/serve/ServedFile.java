package io.synctools.serve;

import io.synctools.model.Checksum;
import java.util.Optional;

/**
 * What a hub tells of one file of a snapshot. At least one checksum is known; nothing is computed to answer a request.
 *
 * @param path slash-separated, relative to the repository's root
 * @param size in bytes
 * @param sha256 of the content
 * @param gitBlob the id that git gives the content; empty for a file that is kept outside of git
 * @param fact what the hub's own clients were told beside these, as {@link Dialect#facts} found it; mostly empty
 */
public record ServedFile(String path, long size, Optional<Checksum> sha256, Optional<Checksum> gitBlob, String fact) {

    public ServedFile {
        if (sha256.isEmpty() && gitBlob.isEmpty()) {
            throw new IllegalArgumentException("no checksum of " + path + " is known");
        }
    }

    /** Whether git keeps a pointer to it only. */
    public boolean isOutsideGit() {
        return gitBlob.isEmpty();
    }

    /** What tells its content from any other: the checksum by which its hub keeps it, in hexadecimal. */
    public String identity() {
        return gitBlob.or(this::sha256).orElseThrow().hex();
    }
}
