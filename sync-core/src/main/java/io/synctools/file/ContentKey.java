package io.synctools.file;

import io.synctools.internal.digest.Hasher;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** What tells the content of a file from another one before its bytes are here. */
public final class ContentKey {
    private ContentKey() {}

    /**
     * The checksum that the hub tells; where it tells none, a hash over the file's path, its size and what the hub tells
     * besides, such as the commit that last changed it: equal while the hub speaks of the same content. Where it tells
     * nothing besides, another one each time, so that nothing passes for it.
     */
    public static Checksum of(ArtifactRef pinned, Entry entry) {
        return of(pinned.text(), entry);
    }

    /** The same for an artifact by its text, as a proof names it. */
    static Checksum of(String artifact, Entry entry) {
        return entry.checksum().orElseGet(() -> {
            StringBuilder text = new StringBuilder();
            text.append(artifact).append('\0').append(entry.path()).append('\0').append(entry.size());
            Map<String, String> besides = new TreeMap<>(entry.attributes());
            besides.forEach(
                    (name, value) -> text.append('\0').append(name).append('\0').append(value));
            if (besides.isEmpty()) {
                text.append('\0').append(UUID.randomUUID());
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            Hasher hasher = new Hasher(Checksum.Algorithm.SHA256, bytes.length);
            hasher.update(bytes, 0, bytes.length);
            return Checksum.of(Checksum.Algorithm.SHA256, hasher.finish());
        });
    }

    /** The entry with a checksum that is ours. */
    static Entry with(Entry entry, Checksum ours) {
        return Entry.file(entry.path(), entry.size(), ours);
    }
}
