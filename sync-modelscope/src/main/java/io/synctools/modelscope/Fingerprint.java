package io.synctools.modelscope;

import io.synctools.internal.digest.Hasher;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/** Stands for the commit that the hub does not name: equal where listings are equal, whatever their order. */
final class Fingerprint {

    private Fingerprint() {}

    /**
     * {@code sha256:<hex>} over path, size, checksum and last commit of all files. The commit counts because the
     * client's index holds it, so that the index is written anew when only commits moved.
     */
    static String of(List<Entry> files) {
        Entry[] sorted = files.toArray(new Entry[0]);
        Arrays.sort(sorted, Comparator.comparing(Entry::path));
        Hasher hasher = new Hasher(Checksum.Algorithm.SHA256, 0);
        for (Entry file : sorted) {
            String line = String.join(
                    "\0",
                    file.path(),
                    Long.toString(file.size()),
                    file.checksum().map(Checksum::hex).orElse(""),
                    file.attributes().getOrDefault(FileList.REVISION, ""),
                    "\n");
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            hasher.update(bytes, 0, bytes.length);
        }
        return "sha256:" + HexFormat.of().formatHex(hasher.finish());
    }
}
