package io.synctools.internal.text;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write and read them. */
public final class Span {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private Span() {}

    /**
     * Reads {@code 90s}, {@code 5m}, {@code 2h} or {@code 30d}; also {@code 20ms}.
     *
     * @throws IllegalArgumentException if it is not of that form, with what to write instead
     */
    public static Duration parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            String digits = text.strip().matches("\\d{1,9}") ? text.strip() + "s, " : "";
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a duration; write for example " + digits + "90s, 5m, 2h or 30d");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    /** The two biggest units, for example {@code 3d4h}, {@code 1h11m}, {@code 2m31s}, {@code 41s}; below ten seconds {@code 0.8s}. */
    public static String text(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1fs", duration.toMillis() / 1000.0);
        }
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m" + pad(seconds % 60) + "s";
        }
        if (seconds < 86_400) {
            return seconds / 3600 + "h" + pad(seconds / 60 % 60) + "m";
        }
        return seconds / 86_400 + "d" + seconds / 3600 % 24 + "h";
    }

    private static String pad(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }
}
