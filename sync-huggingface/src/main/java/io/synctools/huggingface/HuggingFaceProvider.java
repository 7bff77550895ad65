package io.synctools.huggingface;

import io.synctools.spi.Settings;
import io.synctools.spi.Source;
import io.synctools.spi.SourceProvider;

/** Makes the source of the scheme {@code huggingface}. */
public final class HuggingFaceProvider implements SourceProvider {

    /** For {@code ServiceLoader}. */
    public HuggingFaceProvider() {}

    @Override
    public String scheme() {
        return "huggingface";
    }

    @Override
    public Source create(Settings settings) {
        return new HuggingFaceSource(HuggingFaceOptions.from(settings), settings);
    }
}
