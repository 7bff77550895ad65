package io.synctools.spi;

import io.synctools.model.ArtifactRef;
import java.nio.file.Path;

/**
 * What is published of an item, and where readers find it.
 *
 * @param pinned the artifact, with the revision that was published
 * @param folder its files stand there at their paths; absolute
 */
public record Resolved(ArtifactRef pinned, Path folder) {}
