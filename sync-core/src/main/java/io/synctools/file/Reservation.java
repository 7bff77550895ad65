package io.synctools.file;

/** Room on a disk that is set aside for what one item still has to write; given back when closed. Thread-safe. */
public interface Reservation extends AutoCloseable {

    /** Nothing is set aside. */
    Reservation NONE = new Reservation() {
        @Override
        public void arrived(long bytes) {}

        @Override
        public void close() {}
    };

    /** That many bytes of it are on the disk, which counts them itself from now on. */
    void arrived(long bytes);

    /** Gives back what is left; more calls change nothing. */
    @Override
    void close();
}
