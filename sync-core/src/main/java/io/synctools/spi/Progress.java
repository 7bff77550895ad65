package io.synctools.spi;

/** Hears of the bytes of one entry as they are settled. Thread-safe, fast, never throws. */
public interface Progress {

    /** That many body bytes came over the network, wasted ones included. */
    void received(long bytes);

    /**
     * That many bytes of the entry were found on disk and need not be fetched; less than nothing where some that were told
     * of turned out wrong.
     */
    default void reused(long bytes) {}

    /** Something that people should read about this entry, for example that an image was converted. */
    default void note(String text) {}
}
