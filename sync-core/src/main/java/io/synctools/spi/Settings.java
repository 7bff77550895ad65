package io.synctools.spi;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What one run hands to every platform: the environment, the options, and the objects that platforms share.
 *
 * <p>Thread-safe. Each platform turns it into its own typed options at once; nothing past that reads a map. It never
 * prints its values, which may be secret.
 */
public final class Settings {
    private final Map<String, String> environment;
    private final Map<String, String> options;
    private final Map<Class<?>, Object> shared = new ConcurrentHashMap<>();

    private Settings(Map<String, String> environment, Map<String, String> options) {
        this.environment = Map.copyOf(environment);
        this.options = Map.copyOf(options);
    }

    /** Settings over an environment such as {@code System.getenv()}, without options. */
    public static Settings of(Map<String, String> environment) {
        return new Settings(environment, Map.of());
    }

    /** The same environment with one more option, named as on the command line without dashes; shares nothing yet. */
    public Settings with(String option, String value) {
        Map<String, String> more = new HashMap<>(options);
        more.put(option, value);
        return new Settings(environment, more);
    }

    /** A variable of the environment; an empty one counts as absent. */
    public Optional<String> env(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** An option of the run, for example {@code modelscope-cache}; empty where not given. */
    public Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    /** The options whose names begin so, by their full names: {@code registry.} finds {@code registry.quay.io}. */
    public Map<String, String> options(String prefix) {
        Map<String, String> found = new HashMap<>(options);
        found.keySet().removeIf(name -> !name.startsWith(prefix));
        return found;
    }

    /** The whole environment, for platforms whose variables have computed names (registry hosts). */
    public Map<String, String> environment() {
        return environment;
    }

    /** The one instance of a type that platforms of this run share, made at first use (a budget of connections). */
    public <T> T shared(Class<T> type, Function<Settings, T> create) {
        Object found = shared.get(type);
        if (found == null) {
            synchronized (shared) {
                found = shared.get(type);
                if (found == null) {
                    found = create.apply(this);
                    shared.put(type, found);
                }
            }
        }
        return type.cast(found);
    }

    @Override
    public String toString() {
        return "Settings[" + options.keySet() + "]";
    }
}
