package io.synctools.spi;

/**
 * Counts what is asked for the item that the calling thread works for, and takes what its report should say. What goes through
 * {@link RunHttp} is counted already; a platform that speaks through a client of its own counts here. Thread-safe.
 */
public interface RequestMeter {

    /** One request was sent. */
    void request();

    /**
     * Who answered for the item; the last one counts.
     *
     * @param host with its port where that is not the scheme's own
     */
    void servedBy(String host);

    /** Something that people should read about the item. */
    void note(String text);
}
