package io.synctools.huggingface;

import io.synctools.spi.Settings;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where things lie on this machine: the hub's cache, its token file, and the root of local directories
 * (protocols/huggingface.md section 1).
 */
final class HomeFolders {
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)})");

    private final Settings settings;

    private HomeFolders(Settings settings) {
        this.settings = settings;
    }

    static HomeFolders of(Settings settings) {
        return new HomeFolders(settings);
    }

    /** The folder that holds {@code models--…}: option {@code huggingface-cache}, else as the hub's clients find it. */
    Path cache() {
        return option("huggingface-cache")
                .or(() -> variable("HF_HUB_CACHE"))
                .or(() -> hubHome().map(home -> home.resolve("hub")))
                .orElseThrow(() -> homeless("--huggingface-cache or HF_HUB_CACHE"));
    }

    /** What relative local directories are relative to: option {@code local-root}, else {@code ~/.cache}. */
    Path localRoot() {
        return option("local-root")
                .or(() -> home().map(home -> home.resolve(".cache")))
                .orElseThrow(() -> homeless("--local-root"));
    }

    /** Where the hub's own login leaves the token; empty where no folder of the user is known. */
    Optional<Path> tokenFile() {
        return variable("HF_TOKEN_PATH").or(() -> hubHome().map(home -> home.resolve("token")));
    }

    private Optional<Path> hubHome() {
        return variable("HF_HOME").or(() -> home().map(home -> home.resolve(".cache/huggingface")));
    }

    private Optional<Path> home() {
        return settings.env("HOME").map(Path::of);
    }

    private Optional<Path> option(String name) {
        return settings.option(name).map(this::expand);
    }

    private Optional<Path> variable(String name) {
        return settings.env(name).map(this::expand);
    }

    /** {@code ~} and variables are expanded as the hub's clients do; an unknown variable stays as it is. */
    private Path expand(String text) {
        String expanded = VARIABLE.matcher(text).replaceAll(match -> {
            String name = match.group(1) == null ? match.group(2) : match.group(1);
            return Matcher.quoteReplacement(settings.env(name).orElse(match.group()));
        });
        if (expanded.equals("~") || expanded.startsWith("~/")) {
            expanded = settings.env("HOME").orElseThrow(() -> homeless("an absolute path for " + text))
                    + expanded.substring(1);
        }
        return Path.of(expanded).toAbsolutePath().normalize();
    }

    private static IllegalArgumentException homeless(String instead) {
        return new IllegalArgumentException("HOME is not set; give " + instead);
    }
}
