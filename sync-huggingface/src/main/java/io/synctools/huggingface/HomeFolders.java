package io.synctools.huggingface;

import io.synctools.internal.disk.UserFolders;
import io.synctools.spi.RunContext;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where things lie on this machine: the hub's cache, its token file, and the root of local directories
 * (docs/protocols/huggingface.md section 1).
 */
final class HomeFolders {
    private final RunContext context;
    private final UserFolders folders;

    private HomeFolders(RunContext context) {
        this.context = context;
        this.folders = UserFolders.of(context);
    }

    static HomeFolders of(RunContext context) {
        return new HomeFolders(context);
    }

    /** The folder that holds {@code models--…}: option {@code huggingface-cache}, else as the hub's clients find it. */
    Path cache() {
        return context.options()
                .find(HuggingFaceOptions.CACHE)
                .or(() -> folders.variable("HF_HUB_CACHE"))
                .or(() -> folders.variable("HUGGINGFACE_HUB_CACHE"))
                .or(() -> clientHome().map(home -> home.resolve("hub")))
                .orElseGet(() -> folders.belowHome(
                        ".cache/huggingface/hub", "the " + HuggingFaceOptions.CACHE + ", or set HF_HUB_CACHE"));
    }

    /** What relative local directories are relative to: option {@code local-root}, else {@code ~/.cache}. */
    Path localRoot() {
        return context.options()
                .find(HuggingFaceOptions.LOCAL_ROOT)
                .orElseGet(() -> folders.belowHome(".cache", "the " + HuggingFaceOptions.LOCAL_ROOT));
    }

    /** The token file that {@code HF_TOKEN_PATH} names; empty where it is not set. */
    Optional<Path> namedTokenFile() {
        return folders.variable("HF_TOKEN_PATH");
    }

    /** Where the hub's own login leaves the token; empty where no folder of the user is known. */
    Optional<Path> tokenFile() {
        return clientHome().or(() -> folders.belowHome(".cache/huggingface")).map(home -> home.resolve("token"));
    }

    /** The folder of the hub's clients, where the environment moves it. */
    private Optional<Path> clientHome() {
        return folders.variable("HF_HOME")
                .or(() -> folders.variable("XDG_CACHE_HOME").map(caches -> caches.resolve("huggingface")));
    }
}
