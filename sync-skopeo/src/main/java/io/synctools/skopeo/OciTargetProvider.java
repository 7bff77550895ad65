package io.synctools.skopeo;

import io.synctools.mirror.RemoteMirror;
import io.synctools.mirror.RemoteMirrorProvider;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Option;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.spi.TargetProvider;
import java.util.List;

/** Offers registries of artifacts as the target of scheme {@code oci}. */
public final class OciTargetProvider implements TargetProvider, RemoteMirrorProvider {

    /** For {@code ServiceLoader}. */
    public OciTargetProvider() {}

    @Override
    public String scheme() {
        return "oci";
    }

    @Override
    public List<Option<?>> options() {
        return SkopeoOptions.ALL;
    }

    @Override
    public Target<?> create(RunContext context) {
        return OciTarget.of(context);
    }

    @Override
    public RemoteMirror create(RunContext context, ArtifactRef place) {
        return new OciMirror(context, place);
    }
}
