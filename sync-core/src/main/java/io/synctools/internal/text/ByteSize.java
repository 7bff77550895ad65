package io.synctools.internal.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as people write and read it.
 *
 * @param bytes at least 0
 */
public record ByteSize(long bytes) {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?) ?([A-Za-z]*)");
    private static final String[] SHOWN = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final Map<String, Long> UNITS = Map.of(
            "KIB",
            1L << 10,
            "MIB",
            1L << 20,
            "GIB",
            1L << 30,
            "TIB",
            1L << 40,
            "KB",
            1_000L,
            "MB",
            1_000_000L,
            "GB",
            1_000_000_000L,
            "TB",
            1_000_000_000_000L);

    /**
     * Reads {@code 16MiB} (1024) or {@code 16MB} (1000).
     *
     * @throws IllegalArgumentException if it is not of that form, or not at least one byte, with what to write instead
     */
    public static ByteSize parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is not a size; write for example 16MiB or 2GB");
        }
        String unit = matcher.group(2).toUpperCase(Locale.ROOT);
        Long factor = UNITS.get(unit);
        if (factor == null) {
            String letter = unit.isEmpty() ? "M" : unit.substring(0, 1);
            String meant = matcher.group(1) + ("KMGT".contains(letter) ? letter : "M");
            throw new IllegalArgumentException(
                    "\"" + text + "\" has no unit that we know; write " + meant + "iB (1024) or " + meant + "B (1000)");
        }
        BigDecimal bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(factor));
        if (bytes.compareTo(BigDecimal.ONE) < 0 || bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("\"" + text + "\" is out of range; write for example 16MiB or 2GB");
        }
        return new ByteSize(bytes.setScale(0, RoundingMode.DOWN).longValueExact());
    }

    /** Bytes for people, in units of 1024: {@code 512 B}, {@code 14.2 GiB}. */
    public static String text(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes / 1024.0;
        int unit = 0;
        while (value >= 1023.95 && unit < SHOWN.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, SHOWN[unit]);
    }

    /** So many bytes, without a unit. */
    @Override
    public String toString() {
        return Long.toString(bytes);
    }
}
