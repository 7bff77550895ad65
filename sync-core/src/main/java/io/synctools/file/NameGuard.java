package io.synctools.file;

import io.synctools.internal.text.Printable;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Refuses listings whose names must not be written to disk. Thread-safe.
 *
 * <p>The rules and where they come from: {@code docs/protocols/modelscope.md} section 8, {@code docs/protocols/huggingface.md}
 * section 9, and the fault table, row 29.
 */
public final class NameGuard {
    private static final int LONGEST_PART = 255;
    private static final int LONGEST_PATH = 3000;

    private NameGuard() {}

    /**
     * Checks the names of a whole listing: escapes, absolute and drive paths, empty, {@code .} and {@code ..} parts, NUL,
     * parts over 255 bytes, case twins, a file that is also a folder, and reserved places. A backslash is a character like
     * any other, unless the name were an escape, absolute, of a drive, or in a reserved place where it separates folders.
     *
     * @param entries all entries that would be written
     * @param reserved paths that refuse themselves and everything below them, in any case; {@code *.x} refuses every
     *     name that ends in {@code .x}
     * @throws SyncException {@code UNSAFE_NAME}, naming the first bad name and its fault
     */
    public static void check(List<Entry> entries, Set<String> reserved) {
        String[] paths = new String[entries.size()];
        int count = 0;
        for (Entry entry : entries) {
            String path = entry.path();
            fault(path, reserved).ifPresent(fault -> {
                throw refused(path, fault);
            });
            paths[count++] = path;
        }
        Arrays.sort(paths, NameGuard::compare);
        for (int i = 1; i < paths.length; i++) {
            String before = paths[i - 1];
            String path = paths[i];
            if (path.equals(before)) {
                throw refused(path, "it is listed twice");
            }
            if (compare(before, path) == 0) {
                throw refused(path, "it differs from " + Printable.name(before) + " only by case");
            }
            if (isParent(before, path)) {
                throw refused(before, "it is a file and also the folder of " + Printable.name(path));
            }
        }
    }

    /** What is wrong with one path, taken alone; empty where nothing is. */
    static Optional<String> fault(String path, Set<String> reserved) {
        if (path.isEmpty()) {
            return Optional.of("it is empty");
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == 0) {
                return Optional.of("it holds a NUL");
            }
            if (Character.isSurrogate(c)) {
                boolean pair = Character.isHighSurrogate(c)
                        && i + 1 < path.length()
                        && Character.isLowSurrogate(path.charAt(i + 1));
                if (!pair) {
                    return Optional.of("it is not valid Unicode");
                }
                i++;
            }
        }
        if (path.charAt(0) == '/') {
            return Optional.of("it is absolute");
        }
        if (path.length() > 1 && path.charAt(1) == ':' && isLetter(path.charAt(0))) {
            return Optional.of("it begins with a drive");
        }
        return partFault(path).or(() -> reservedFault(path, reserved)).or(() -> backslashFault(path, reserved));
    }

    /** What a name becomes where a program or another system takes backslashes for slashes. */
    private static Optional<String> backslashFault(String path, Set<String> reserved) {
        if (path.indexOf('\\') < 0) {
            return Optional.empty();
        }
        String read = path.replace('\\', '/');
        Optional<String> fault = read.charAt(0) == '/'
                ? Optional.of("it is absolute")
                : ("/" + read + "/").contains("/../")
                        ? Optional.of("it has the part \"..\"")
                        : reservedFault(read, reserved);
        return fault.map(text -> text + " where a backslash separates folders");
    }

    private static Optional<String> partFault(String path) {
        int start = 0;
        while (start <= path.length()) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            int length = end - start;
            if (length == 0) {
                return Optional.of("it has an empty part");
            }
            if (path.startsWith(".", start) && (length == 1 || (length == 2 && path.charAt(start + 1) == '.'))) {
                return Optional.of("it has the part \"" + path.substring(start, end) + "\"");
            }
            // A character takes at most three bytes of UTF-8, or four for two characters.
            if (length > LONGEST_PART / 3
                    && path.substring(start, end).getBytes(StandardCharsets.UTF_8).length > LONGEST_PART) {
                return Optional.of("it has a part of more than " + LONGEST_PART + " bytes");
            }
            start = end + 1;
        }
        if (path.length() > LONGEST_PATH / 3 && path.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            return Optional.of("it is longer than " + LONGEST_PATH + " bytes");
        }
        return Optional.empty();
    }

    private static Optional<String> reservedFault(String path, Set<String> reserved) {
        for (String place : reserved) {
            int length = place.length();
            if (place.startsWith("*") && path.regionMatches(true, path.length() - length + 1, place, 1, length - 1)) {
                return Optional.of("names that end in " + place.substring(1) + " belong to the hub's client");
            }
            if (path.regionMatches(true, 0, place, 0, length)
                    && (path.length() == length || path.charAt(length) == '/')) {
                return Optional.of("that place belongs to " + place + ", which is not the repository's");
            }
        }
        return Optional.empty();
    }

    /** Whether a path lies in a reserved place, as {@link #check} reads them. */
    public static boolean isReserved(String path, Set<String> reserved) {
        return reservedFault(path, reserved).isPresent();
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /** Without regard to case, with the slash before all else, so that a folder's content follows its name. */
    private static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char x = fold(a.charAt(i));
            char y = fold(b.charAt(i));
            if (x != y) {
                return Character.compare(x, y);
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    private static char fold(char c) {
        return c == '/' ? 0 : Character.toLowerCase(Character.toUpperCase(c));
    }

    private static boolean isParent(String file, String path) {
        return path.length() > file.length()
                && path.charAt(file.length()) == '/'
                && compare(file, path.substring(0, file.length())) == 0;
    }

    private static SyncException refused(String path, String fault) {
        return new SyncException(
                FailureKind.UNSAFE_NAME,
                "the hub lists the name \"" + Printable.name(path) + "\": " + fault
                        + "; nothing of this repository is written; report it to the repository's owner, or leave the"
                        + " file out with ignore_patterns");
    }
}
