package io.synctools.huggingface;

import io.synctools.spi.Settings;
import io.synctools.spi.TargetProvider;

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
    public HuggingFaceCache create(Settings settings) {
        boolean symlinks = !HuggingFaceOptions.isTrue(settings, "HF_HUB_DISABLE_SYMLINKS");
        return new HuggingFaceCache(HomeFolders.of(settings).cache(), symlinks, settings);
    }
}
