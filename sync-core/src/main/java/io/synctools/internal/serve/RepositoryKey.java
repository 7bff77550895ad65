package io.synctools.internal.serve;

import io.synctools.mirror.Revision;
import java.util.Comparator;
import java.util.List;

/**
 * What a repository is asked for by.
 *
 * @param scheme of its hub
 * @param name as that hub calls it
 */
record RepositoryKey(String scheme, String name) implements Comparable<RepositoryKey> {
    private static final Comparator<RepositoryKey> ORDER =
            Comparator.comparing(RepositoryKey::scheme).thenComparing(RepositoryKey::name);

    /** The repository that a proof is of, by its {@code scheme:name}. */
    static RepositoryKey of(String from) {
        int colon = from.indexOf(':');
        return new RepositoryKey(from.substring(0, Math.max(0, colon)), from.substring(colon + 1));
    }

    /** The repositories that these are of. */
    static List<RepositoryKey> of(List<Revision> revisions) {
        return revisions.stream()
                .flatMap(revision -> revision.published().stream())
                .map(one -> of(one.proof().from()))
                .distinct()
                .toList();
    }

    @Override
    public int compareTo(RepositoryKey other) {
        return ORDER.compare(this, other);
    }
}
