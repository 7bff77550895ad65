package io.synctools.mirror;

import io.synctools.file.Proof;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One revision of a repository on disk.
 *
 * @param id the commit or fingerprint; empty where nobody proved what it is
 * @param folder where its files stand at their paths
 * @param names what readers call it: refs; empty where nothing points to it
 * @param published what was published of it, several where items declare different parts; empty where it is not ours
 */
public record Revision(String id, Path folder, Set<String> names, List<Published> published) {

    public Revision {
        names = Set.copyOf(names);
        published = List.copyOf(published);
    }

    /** When it was published last; empty where nobody knows. */
    public Optional<Instant> lastPublished() {
        return proofs().map(Proof::published).max(Comparator.naturalOrder());
    }

    /** The bytes of the largest publication, which the others share. */
    public long bytes() {
        return proofs().mapToLong(Proof::bytes).max().orElse(0);
    }

    private Stream<Proof> proofs() {
        return published.stream().map(Published::proof);
    }
}
