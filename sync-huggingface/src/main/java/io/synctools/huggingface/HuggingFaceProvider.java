package io.synctools.huggingface;

import io.synctools.model.Option;
import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import io.synctools.spi.SourceProvider;
import java.util.List;
import java.util.Optional;

/** Makes the source of the scheme {@code huggingface}. */
public final class HuggingFaceProvider implements SourceProvider {

    /** For {@code ServiceLoader}. */
    public HuggingFaceProvider() {}

    @Override
    public String scheme() {
        return "huggingface";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(HuggingFaceOptions.XET);
    }

    @Override
    public Optional<String> cache() {
        return Optional.of(HuggingFaceCache.SCHEME);
    }

    @Override
    public Source create(RunContext context) {
        return new HuggingFaceSource(context);
    }
}
