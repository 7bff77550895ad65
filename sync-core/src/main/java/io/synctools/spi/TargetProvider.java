package io.synctools.spi;

import io.synctools.model.Option;
import java.util.List;

/** Makes the target of one scheme; found by {@code ServiceLoader} or given by hand. */
public interface TargetProvider {

    /** The scheme that references name, for example {@code modelscope-cache}. */
    String scheme();

    /** The options that it reads beside those of the core, so that text can be checked; none unless overridden. */
    default List<Option<?>> options() {
        return List.of();
    }

    /**
     * Makes the target for one run; contacts nobody and touches no disk.
     *
     * @throws IllegalArgumentException if an option or a variable is wrong, saying which and how to mend it
     */
    Target<?> create(RunContext context);
}
