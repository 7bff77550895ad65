package io.synctools.modelscope;

import io.synctools.internal.disk.UserFolders;
import io.synctools.model.Option;
import io.synctools.spi.RunContext;
import java.nio.file.Path;

/** The options of ModelScope, to be given with {@code SyncOptions.builder().set}. */
public final class ModelScopeOptions {

    /** The root of the cache; where it is not given, {@code MODELSCOPE_CACHE}, else {@code ~/.cache/modelscope/hub}. */
    public static final Option<Path> CACHE = Option.path(
            "modelscope-cache", "DIR", "ModelScope cache (default: $MODELSCOPE_CACHE, else ~/.cache/modelscope/hub)");

    private ModelScopeOptions() {}

    /**
     * The root of the cache, where both generations of the hub's client look (section 0). Absolute.
     *
     * @throws IllegalArgumentException if nobody says where it is
     */
    static Path cache(RunContext context) {
        UserFolders folders = UserFolders.of(context);
        return context.options()
                .find(CACHE)
                .or(() -> folders.variable("MODELSCOPE_CACHE"))
                .orElseGet(
                        () -> folders.belowHome(".cache/modelscope/hub", "the " + CACHE + ", or set MODELSCOPE_CACHE"));
    }
}
