package io.synctools.modelscope;

import io.synctools.spi.Settings;
import io.synctools.spi.SourceProvider;

/** Makes the source of scheme {@code modelscope}. Thread-safe. */
public final class ModelScopeProvider implements SourceProvider {

    /** For {@code ServiceLoader}. */
    public ModelScopeProvider() {}

    @Override
    public String scheme() {
        return "modelscope";
    }

    @Override
    public ModelScopeSource create(Settings settings) {
        return new ModelScopeSource(settings);
    }
}
