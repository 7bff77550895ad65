package io.synctools.modelscope;

import io.synctools.spi.RunContext;
import io.synctools.spi.SourceProvider;
import java.util.Optional;

/** Makes the source of scheme {@code modelscope}. Thread-safe. */
public final class ModelScopeProvider implements SourceProvider {

    /** For {@code ServiceLoader}. */
    public ModelScopeProvider() {}

    @Override
    public String scheme() {
        return "modelscope";
    }

    @Override
    public Optional<String> cache() {
        return Optional.of(ModelScopeCache.SCHEME);
    }

    @Override
    public ModelScopeSource create(RunContext context) {
        return new ModelScopeSource(context);
    }
}
