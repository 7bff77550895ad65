package io.synctools.skopeo;

import io.synctools.model.Option;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.spi.TargetProvider;
import java.util.List;

/** Offers image repositories as the target of scheme {@code docker}. */
public final class RegistryTargetProvider implements TargetProvider {

    /** For {@code ServiceLoader}. */
    public RegistryTargetProvider() {}

    @Override
    public String scheme() {
        return "docker";
    }

    @Override
    public List<Option<?>> options() {
        return SkopeoOptions.ALL;
    }

    @Override
    public Target<?> create(RunContext context) {
        return RegistryTarget.of(context);
    }
}
