package io.synctools.skopeo;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release of skopeo, and what it can do (docs/protocols/skopeo-and-registries.md section 1).
 *
 * @param major the first number
 * @param minor the second number
 */
record SkopeoVersion(int major, int minor) {
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})");

    /** Reads what {@code skopeo --version} prints, whatever stands around the numbers. */
    static Optional<SkopeoVersion> parse(String text) {
        Matcher numbers = NUMBERS.matcher(text);
        return numbers.find()
                ? Optional.of(new SkopeoVersion(Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2))))
                : Optional.empty();
    }

    /** {@code copy --digestfile}, without which we would not know what was written. */
    boolean tellsDigest() {
        return atLeast(1, 3);
    }

    /** {@code copy --preserve-digests}. */
    boolean preservesDigests() {
        return atLeast(1, 6);
    }

    /** Exit status 2 for a source that was not found; earlier releases may mean anything by it. */
    boolean tellsNotFound() {
        return atLeast(1, 16);
    }

    private boolean atLeast(int wantedMajor, int wantedMinor) {
        return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
