package io.synctools.spi;

/** Hears what people should know of one item. Thread-safe, fast, never throws. */
public interface Reporter {

    /** Something that people should read about this item. */
    void note(String text);

    /**
     * From now on the calling thread waits for somebody else, to whom the destination belongs for the moment; it says so
     * before it waits, and once.
     *
     * @param holder who it is, for people
     */
    default void waits(String holder) {}
}
