package io.synctools.huggingface;

import io.synctools.model.Option;
import io.synctools.spi.RunContext;
import java.nio.file.Path;

/** The options of Hugging Face and of local directories, to be given with {@code SyncOptions.builder().set}. */
public final class HuggingFaceOptions {

    /** The folder that holds {@code models--…}; where it is not given, the one of the hub's own clients. */
    public static final Option<Path> CACHE = Option.path(
            "huggingface-cache",
            "DIR",
            "Hugging Face cache (default: $HF_HUB_CACHE, else $HUGGINGFACE_HUB_CACHE, else $HF_HOME/hub, else"
                    + " $XDG_CACHE_HOME/huggingface/hub, else ~/.cache/huggingface/hub)");

    /** What relative local directories are relative to; where it is not given, {@code ~/.cache}. */
    public static final Option<Path> LOCAL_ROOT = Option.path(
            "local-root", "DIR", "root of models/<org>/<name> and datasets/<org>/<name> (default: ~/.cache)");

    /** Whether large files come from the hub's chunk store, which {@code HF_HUB_DISABLE_XET} forbids too. */
    public static final Option<Xet> XET =
            Option.choice("xet", Xet.class, Xet.AUTO, "Hugging Face: large files from its chunk store");

    /** Uses of the chunk store. */
    public enum Xet {
        /** For the files that it has. */
        AUTO,
        /** Never. */
        OFF
    }

    private HuggingFaceOptions() {}

    static boolean takesChunks(RunContext context) {
        return context.options().get(XET) == Xet.AUTO && !HuggingFaceAccess.isTrue(context, "HF_HUB_DISABLE_XET");
    }
}
