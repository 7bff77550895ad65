package io.synctools.skopeo;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * What stands between the files of one tar archive (POSIX.1-2001, pax): headers that depend on paths and sizes alone, so
 * that the same files always make the same archive. Not thread-safe.
 */
final class TarEntries {
    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 100;
    private static final long LARGEST_SIZE = 077777777777L;
    private static final String FILE_MODE = "0000644";
    private static final String FOLDER_MODE = "0000755";

    private final Set<String> folders = new HashSet<>();

    /** What stands before the bytes of the next file: the folders that it is the first to lie in, and its header. */
    byte[] before(String path, long size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String folder = path.substring(0, slash + 1);
            if (folders.add(folder)) {
                writeEntry(out, folder, 0, FOLDER_MODE, '5');
            }
        }
        writeEntry(out, path, size, FILE_MODE, '0');
        return out.toByteArray();
    }

    /** What stands behind the bytes of a file. */
    static byte[] behind(long size) {
        return new byte[padding(size)];
    }

    /** What stands behind the bytes of the last one. */
    static byte[] end(long size) {
        return new byte[padding(size) + 2 * BLOCK];
    }

    private static int padding(long size) {
        return (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    private static void writeEntry(ByteArrayOutputStream out, String path, long size, String mode, char type) {
        StringBuilder records = new StringBuilder();
        boolean fits = path.length() <= LONGEST_NAME && path.chars().allMatch(c -> c >= ' ' && c <= '~');
        if (!fits) {
            records.append(record("path", path));
        }
        if (size > LARGEST_SIZE) {
            records.append(record("size", Long.toString(size)));
        }
        String name = path.replaceAll("[^ -~]", "_");
        String shortName = name.substring(0, Math.min(name.length(), LONGEST_NAME));
        if (!records.isEmpty()) {
            byte[] extended = records.toString().getBytes(StandardCharsets.UTF_8);
            out.writeBytes(header("PaxHeaders/file", extended.length, FILE_MODE, 'x'));
            out.writeBytes(extended);
            out.writeBytes(behind(extended.length));
        }
        out.writeBytes(header(shortName, size > LARGEST_SIZE ? 0 : size, mode, type));
    }

    /** {@code LENGTH KEY=VALUE\n}, where the length counts its own digits. */
    private static String record(String key, String value) {
        int rest = (" " + key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8).length;
        int length = rest + 1;
        while (length != rest + Integer.toString(length).length()) {
            length++;
        }
        return length + " " + key + "=" + value + "\n";
    }

    private static byte[] header(String name, long size, String mode, char type) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, mode);
        put(header, 108, "0000000"); // user
        put(header, 116, "0000000"); // group
        put(header, 124, octal(size, 11));
        put(header, 136, octal(0, 11)); // time
        Arrays.fill(header, 148, 156, (byte) ' ');
        header[156] = (byte) type;
        put(header, 257, "ustar\00000");
        put(header, 329, "0000000");
        put(header, 337, "0000000");
        int sum = 0;
        for (byte each : header) {
            sum += each;
        }
        put(header, 148, octal(sum, 6) + "\0 ");
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static String octal(long number, int digits) {
        String text = Long.toOctalString(number);
        return "0".repeat(digits - text.length()) + text;
    }
}
