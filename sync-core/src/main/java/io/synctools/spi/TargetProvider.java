package io.synctools.spi;

/** Makes the target of one scheme; found by {@code ServiceLoader} or given by hand. */
public interface TargetProvider {

    /** The scheme that references name, for example {@code modelscope-cache}. */
    String scheme();

    /**
     * Makes the target for one run; contacts nobody and touches no disk.
     *
     * @throws IllegalArgumentException if the settings are wrong, saying which and how to mend it
     */
    Target<?> create(Settings settings);
}
