package io.synctools.spi;

/** Makes the source of one scheme; found by {@code ServiceLoader} or given by hand. */
public interface SourceProvider {

    /** The scheme that references name, for example {@code modelscope}. */
    String scheme();

    /**
     * Makes the source for one run; contacts nobody.
     *
     * @throws IllegalArgumentException if the settings are wrong, saying which and how to mend it
     */
    Source create(Settings settings);
}
