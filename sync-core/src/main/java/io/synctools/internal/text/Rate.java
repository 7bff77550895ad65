package io.synctools.internal.text;

import java.util.Locale;

/**
 * A number of bytes each second.
 *
 * @param bytesPerSecond at least 1
 */
public record Rate(long bytesPerSecond) {

    /**
     * Reads {@code 200MiB/s}; the {@code /s} may be left out.
     *
     * @throws IllegalArgumentException if it is not of that form, with what to write instead
     */
    public static Rate parse(String text) {
        String size = text.strip();
        if (size.toLowerCase(Locale.ROOT).endsWith("/s")) {
            size = size.substring(0, size.length() - 2);
        }
        try {
            return new Rate(ByteSize.parse(size).bytes());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + text + "\" is not a rate; write for example 200MiB/s", e);
        }
    }
}
