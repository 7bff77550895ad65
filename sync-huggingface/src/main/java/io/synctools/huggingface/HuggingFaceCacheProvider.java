package io.synctools.huggingface;

import io.synctools.model.Option;
import io.synctools.spi.RunContext;
import io.synctools.spi.TargetProvider;
import java.util.List;

/**
 * Makes the target of the scheme {@code huggingface-cache}, at option {@code huggingface-cache}, else where
 * {@code HF_HUB_CACHE}, {@code HF_HOME} or {@code HOME} says.
 */
public final class HuggingFaceCacheProvider implements TargetProvider {

    /** For {@code ServiceLoader}. */
    public HuggingFaceCacheProvider() {}

    @Override
    public String scheme() {
        return "huggingface-cache";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(HuggingFaceOptions.CACHE);
    }

    @Override
    public HuggingFaceCache create(RunContext context) {
        boolean symlinks = !HuggingFaceAccess.isTrue(context, "HF_HUB_DISABLE_SYMLINKS");
        return new HuggingFaceCache(HomeFolders.of(context).cache(), symlinks, context);
    }
}
