package io.synctools.modelscope;

import io.synctools.model.Option;
import io.synctools.spi.RunContext;
import io.synctools.spi.TargetProvider;
import java.util.List;

/** Makes the target of scheme {@code modelscope-cache}. Thread-safe. */
public final class ModelScopeCacheProvider implements TargetProvider {

    /** For {@code ServiceLoader}. */
    public ModelScopeCacheProvider() {}

    @Override
    public String scheme() {
        return "modelscope-cache";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(ModelScopeOptions.CACHE);
    }

    @Override
    public ModelScopeCache create(RunContext context) {
        return new ModelScopeCache(context);
    }
}
