package io.synctools.skopeo;

import io.synctools.model.ArtifactRef;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.testing.FileTargetContract;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A registry does what every target of files must do. */
class OciTargetContractTest extends FileTargetContract {
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
        return OciTarget.of(context);
    }

    @Override
    protected ArtifactRef destination(String name) {
        return ArtifactRef.of("oci", registry.authority() + "/team/" + name);
    }

    @Override
    protected Map<String, byte[]> visible(ArtifactRef destination) throws IOException {
        OciPlace place = OciPlace.of(destination);
        return registry.files(place.repository().path(), place.pointer());
    }

    @Override
    protected Object trace() {
        return registry.trace();
    }
}
