package io.synctools.huggingface;

import io.synctools.model.Option;
import io.synctools.spi.RunContext;
import io.synctools.spi.TargetProvider;
import java.util.List;

/** Makes the target of the scheme {@code local-dir}, with option {@code local-root}, else {@code ~/.cache}, as its root. */
public final class LocalDirProvider implements TargetProvider {

    /** For {@code ServiceLoader}. */
    public LocalDirProvider() {}

    @Override
    public String scheme() {
        return "local-dir";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(HuggingFaceOptions.LOCAL_ROOT);
    }

    @Override
    public LocalDir create(RunContext context) {
        return new LocalDir(HomeFolders.of(context).localRoot(), context);
    }
}
