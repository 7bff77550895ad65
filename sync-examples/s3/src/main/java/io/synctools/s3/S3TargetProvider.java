package io.synctools.s3;

import io.synctools.mirror.RemoteMirror;
import io.synctools.mirror.RemoteMirrorProvider;
import io.synctools.model.ArtifactRef;
import io.synctools.spi.Settings;
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
    public Target<?> create(Settings settings) {
        return new StoreTarget(settings, StoreTarget.PART, StoreTarget.COPIED_WHOLE);
    }

    @Override
    public RemoteMirror create(Settings settings, ArtifactRef place) {
        return new StoreMirror(settings, place);
    }
}
