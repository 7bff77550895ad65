package io.synctools.examples;

/**
 * A number of things.
 *
 * @param value from 0 to 10,000
 */
record Count(int value) {

    /**
     * Reads digits.
     *
     * @throws IllegalArgumentException if it is not such a number, with what to write instead
     */
    static Count parse(String text) {
        if (!text.strip().matches("\\d{1,4}|10000")) {
            throw new IllegalArgumentException("\"" + text + "\" is not a number up to 10000; write for example 16");
        }
        return new Count(Integer.parseInt(text.strip()));
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
