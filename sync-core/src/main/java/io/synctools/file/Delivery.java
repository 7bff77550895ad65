package io.synctools.file;

import io.synctools.model.ArtifactRef;
import io.synctools.spi.FileSource;
import java.nio.file.Path;

/**
 * What the files of one item have in common on their way to disk.
 *
 * @param source where the bytes come from
 * @param pinned of what
 * @param local where bytes of its files may lie on a disk already
 * @param parts a private folder for partial files, on the destination's file system; made where absent, but not its parent,
 *     whose absence says that somebody took the work over; partials that a dead run left there are adopted
 * @param lease checked while bytes arrive and before each rename
 * @param room what was reserved for the item
 */
public record Delivery(
        FileSource source, ArtifactRef pinned, LocalBytes local, Path parts, Lease lease, Reservation room) {}
