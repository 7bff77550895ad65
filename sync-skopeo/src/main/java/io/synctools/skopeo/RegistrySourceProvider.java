package io.synctools.skopeo;

import io.synctools.model.Option;
import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import io.synctools.spi.SourceProvider;
import java.util.List;

/** Offers image repositories as the source of scheme {@code docker}. */
public final class RegistrySourceProvider implements SourceProvider {

    /** For {@code ServiceLoader}. */
    public RegistrySourceProvider() {}

    @Override
    public String scheme() {
        return "docker";
    }

    @Override
    public List<Option<?>> options() {
        return SkopeoOptions.ALL;
    }

    @Override
    public Source create(RunContext context) {
        return RegistrySource.of(context);
    }
}
