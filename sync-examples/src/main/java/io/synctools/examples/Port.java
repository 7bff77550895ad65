package io.synctools.examples;

import java.io.IOException;

/**
 * A port of this machine to listen on.
 *
 * @param number 0 for any that is free
 */
record Port(int number) {

    /** Begins to listen. */
    @FunctionalInterface
    interface Listening<T> {
        T on(int port) throws IOException;
    }

    /** @throws IllegalArgumentException if it is no number of a port, with what to write instead */
    static Port parse(String text) {
        try {
            int number = Integer.parseInt(text.strip());
            if (number >= 0 && number <= 65_535) {
                return new Port(number);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("\"" + text + "\" is no port; write a number from 0 to 65535");
    }

    /** @throws IllegalArgumentException if nobody may listen there, saying why */
    <T> T listen(Listening<T> listening) {
        try {
            return listening.on(number);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--port " + number + ": " + e.getMessage()
                            + "; choose another, or leave it out for any that is free",
                    e);
        }
    }
}
