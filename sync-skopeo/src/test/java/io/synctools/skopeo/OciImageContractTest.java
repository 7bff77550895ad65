package io.synctools.skopeo;

import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncOptions;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.testing.FileTargetContract;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A registry does so with images, too. */
class OciImageContractTest extends FileTargetContract {
    private MemoryRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = new MemoryRegistry();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Override
    protected boolean lendsDestinations() {
        return false;
    }

    @Override
    protected Target<FileSource> target(RunContext context) {
        SyncOptions.Builder options = context.options().toBuilder();
        return OciTarget.of(RunContext.of(
                options.set(SkopeoOptions.OCI_FORM, SkopeoOptions.OciForm.IMAGE).build()));
    }

    @Override
    protected ArtifactRef destination(String name) {
        return ArtifactRef.of("oci", registry.authority() + "/team/" + name);
    }

    @Override
    protected Map<String, byte[]> visible(ArtifactRef destination) throws IOException {
        OciPlace place = OciPlace.of(destination);
        return registry.imageFiles(place.repository().path(), place.pointer());
    }

    @Override
    protected Object trace() {
        return registry.trace();
    }
}
