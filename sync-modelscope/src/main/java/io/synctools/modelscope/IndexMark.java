package io.synctools.modelscope;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** Sums up lines of an index whatever their order, so that two indexes that say the same of some files are known by it. */
final class IndexMark {
    private long sum;

    void add(String path, String revision) {
        sum += of(path, revision);
    }

    void add(long line) {
        sum += line;
    }

    /** One line as a number. */
    static long of(String path, String revision) {
        CRC32C crc = new CRC32C();
        crc.update(path.getBytes(StandardCharsets.UTF_8));
        crc.update(0);
        long first = crc.getValue();
        crc.update(revision.getBytes(StandardCharsets.UTF_8));
        return first << 32 | crc.getValue();
    }

    String text() {
        return HexFormat.of().toHexDigits(sum);
    }
}
