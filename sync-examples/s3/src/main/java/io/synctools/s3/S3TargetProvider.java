package io.synctools.s3;

import io.synctools.mirror.RemoteMirror;
import io.synctools.mirror.RemoteMirrorProvider;
import io.synctools.model.ArtifactRef;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.spi.TargetProvider;

/** Makes object stores available as {@code s3:BUCKET/PREFIX/<models|datasets>/<organization>/<name>}. */
public final class S3TargetProvider implements TargetProvider, RemoteMirrorProvider {

    /** For {@code ServiceLoader}. */
    public S3TargetProvider() {}

    @Override
    public String scheme() {
        return "s3";
    }

    @Override
    public Target<?> create(RunContext context) {
        return new StoreTarget(context, StoreTarget.PART, StoreTarget.COPIED_WHOLE);
    }

    @Override
    public RemoteMirror create(RunContext context, ArtifactRef place) {
        return new StoreMirror(context, place);
    }
}
