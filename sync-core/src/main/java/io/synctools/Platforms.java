package io.synctools;

import io.synctools.internal.text.Nearest;
import io.synctools.model.Option;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import io.synctools.spi.SourceProvider;
import io.synctools.spi.Target;
import io.synctools.spi.TargetProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The platforms that a program knows, by scheme: found on the class path and module path, or given by hand.
 *
 * <p>Immutable and thread-safe.
 */
public final class Platforms {
    private final Map<String, Named<SourceProvider>> sources;
    private final Map<String, Named<TargetProvider>> targets;

    private Platforms(Builder builder) {
        this.sources = Map.copyOf(builder.sources);
        this.targets = Map.copyOf(builder.targets);
    }

    /** All platforms that the calling thread's class loader and this library's own, and their modules, provide. */
    public static Platforms discover() {
        return builder().discover().build();
    }

    /** Begins an empty set of platforms. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads options that come as text, from a script or a file of properties: those of the core and of these platforms, by
     * their names. Several values of one option stand between commas.
     *
     * @param text values by names, as on the command line without dashes: {@code part-size}, {@code 16MiB}
     * @param environment the variables that platforms may read, and that paths may name
     * @throws IllegalArgumentException if a name is unknown, saying which is near, or a value has another form or is out of
     *     range, saying what to write; all faults at once
     */
    public SyncOptions options(Map<String, String> text, Map<String, String> environment) {
        Map<String, Option<?>> known = new TreeMap<>();
        Stream.of(
                        SyncOptions.ALL.stream(),
                        sources.values().stream().flatMap(named -> named.provider.options().stream()),
                        targets.values().stream().flatMap(named -> named.provider.options().stream()))
                .flatMap(all -> all)
                .forEach(option -> {
                    Option<?> before = known.put(option.name(), option);
                    if (before != null && before != option) {
                        throw new IllegalArgumentException("two options are called \"" + option.name()
                                + "\"; take one of their platforms off the path");
                    }
                });
        SyncOptions.Builder options = SyncOptions.builder().environment(environment);
        List<String> faults = new ArrayList<>();
        new TreeMap<>(text).forEach((name, value) -> {
            Option<?> option = known.get(name);
            if (option == null) {
                faults.add("there is no option \"" + name + "\"" + Nearest.hint(name, known.keySet()));
                return;
            }
            try {
                read(options, option, value);
            } catch (IllegalArgumentException e) {
                faults.add(option + ": " + e.getMessage());
            }
        });
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", faults));
        }
        return options.build();
    }

    private static <T> void read(SyncOptions.Builder options, Option<T> option, String text) {
        List<String> texts = option.repeatable() ? List.of(text.split(",", -1)) : List.of(text);
        options.set(option, option.read(texts, options.build().environment()));
    }

    /** The schemes that a destination may have. */
    public Set<String> targets() {
        return new TreeSet<>(targets.keySet());
    }

    /** The provider of a scheme's source; the message of a failure lists the schemes that there are. */
    SourceProvider source(String scheme) {
        return find("source", sources, scheme);
    }

    /** The provider of a scheme's target; fails as {@link #source}. */
    TargetProvider target(String scheme) {
        return find("target", targets, scheme);
    }

    private static <P> P find(String kind, Map<String, Named<P>> providers, String scheme) {
        Named<P> found = providers.get(scheme);
        if (found == null) {
            throw new IllegalArgumentException("no " + kind + " is called \"" + scheme + "\"; "
                    + (providers.isEmpty()
                            ? "none was found at all: put a platform's jar on the path"
                            : "there is " + String.join(", ", new TreeMap<>(providers).keySet())));
        }
        return found.provider;
    }

    /** Collects platforms; a scheme given twice is refused. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Named<SourceProvider>> sources = new TreeMap<>();
        private final Map<String, Named<TargetProvider>> targets = new TreeMap<>();

        private Builder() {}

        /**
         * Adds all platforms that the calling thread's class loader and its modules provide; then those of other schemes that
         * this library's own loader provides, since threads of a common pool know nothing of a loader below theirs.
         *
         * @throws IllegalArgumentException if one of them cannot be loaded
         */
        public Builder discover() {
            find(Thread.currentThread().getContextClassLoader());
            Builder own = builder();
            own.find(Platforms.class.getClassLoader());
            own.sources.forEach(sources::putIfAbsent);
            own.targets.forEach(targets::putIfAbsent);
            return this;
        }

        private void find(@Nullable ClassLoader loader) {
            try {
                ServiceLoader.load(SourceProvider.class, loader).forEach(this::source);
                ServiceLoader.load(TargetProvider.class, loader).forEach(this::target);
            } catch (ServiceConfigurationError e) {
                throw new IllegalArgumentException("a platform on the path cannot be loaded: " + e.getMessage(), e);
            }
        }

        /** Adds a source's provider. */
        public Builder source(SourceProvider provider) {
            put("source", sources, provider.scheme(), new Named<>(provider, provider.getClass()));
            return this;
        }

        /** Adds a target's provider. */
        public Builder target(TargetProvider provider) {
            put("target", targets, provider.scheme(), new Named<>(provider, provider.getClass()));
            return this;
        }

        /** Adds a source that was made by hand. */
        public Builder source(String scheme, Source source) {
            put("source", sources, scheme, new Named<>(new GivenSource(scheme, source), source.getClass()));
            return this;
        }

        /** Adds a target that was made by hand. */
        public Builder target(String scheme, Target<?> target) {
            put("target", targets, scheme, new Named<>(new GivenTarget(scheme, target), target.getClass()));
            return this;
        }

        /** The platforms. */
        public Platforms build() {
            return new Platforms(this);
        }

        private static <P> void put(String kind, Map<String, Named<P>> providers, String scheme, Named<P> added) {
            Named<P> before = providers.putIfAbsent(scheme, added);
            if (before != null) {
                throw new IllegalArgumentException(
                        "two " + kind + "s are called \"" + scheme + "\": " + before.origin.getName() + " and "
                                + added.origin.getName() + "; take one of them off the path");
            }
        }
    }

    /** A provider, and the class that people know it by. */
    private record Named<P>(P provider, Class<?> origin) {}

    private record GivenSource(String scheme, Source source) implements SourceProvider {
        @Override
        public Source create(RunContext context) {
            return source;
        }
    }

    private record GivenTarget(String scheme, Target<?> target) implements TargetProvider {
        @Override
        public Target<?> create(RunContext context) {
            return target;
        }
    }
}
