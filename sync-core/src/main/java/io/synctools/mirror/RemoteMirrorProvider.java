package io.synctools.mirror;

import io.synctools.model.ArtifactRef;
import io.synctools.spi.RunContext;

/** Shows what a target keeps that lies on no disk; found by {@code ServiceLoader}, beside the target's own provider. */
public interface RemoteMirrorProvider {

    /** The scheme of destinations, for example {@code oci}. */
    String scheme();

    /**
     * What lies below a place; contacts nobody.
     *
     * @param place the scheme, and the place below which each artifact has its own
     */
    RemoteMirror create(RunContext context, ArtifactRef place);
}
