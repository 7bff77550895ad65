package io.synctools.spi;

import io.synctools.model.Option;
import java.util.List;
import java.util.Optional;

/** Makes the source of one scheme; found by {@code ServiceLoader} or given by hand. */
public interface SourceProvider {

    /** The scheme that references name, for example {@code modelscope}. */
    String scheme();

    /** The options that it reads beside those of the core, so that text can be checked; none unless overridden. */
    default List<Option<?>> options() {
        return List.of();
    }

    /** The scheme of the target that is the cache of this platform's own clients; empty where there is none. */
    default Optional<String> cache() {
        return Optional.empty();
    }

    /**
     * Makes the source for one run; contacts nobody.
     *
     * @throws IllegalArgumentException if an option or a variable is wrong, saying which and how to mend it
     */
    Source create(RunContext context);
}
