package io.synctools.serve;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What there is to serve. Thread-safe; each question is answered by what is there now. */
public interface Shelf {

    /**
     * One repository.
     *
     * @param name {@code models/<organization>/<name>} or {@code datasets/<organization>/<name>}
     * @param revisions what each branch and tag means; a commit that none names is not among them
     * @param others commits that nothing names any more
     */
    record Repository(String name, Map<String, Snapshot> revisions, List<Snapshot> others) {
        public Repository {
            revisions = Map.copyOf(revisions);
            others = List.copyOf(others);
        }

        /** What a branch, a tag or a full commit means. */
        public Optional<Snapshot> at(String revision) {
            Snapshot named = revisions.get(revision);
            if (named != null) {
                return Optional.of(named);
            }
            return java.util.stream.Stream.concat(revisions.values().stream(), others.stream())
                    .filter(one -> one.commit().equals(revision))
                    // The same commit may be there whole and in parts: whole is better, then what is newer.
                    .max(java.util.Comparator.comparing(
                                    (Snapshot one) -> one.filter().isEmpty())
                            .thenComparing(Snapshot::published));
        }
    }

    /** A repository by the scheme of its hub and its name. */
    Optional<Repository> find(String scheme, String name) throws IOException;

    /** The names of all repositories of a hub. */
    List<String> names(String scheme) throws IOException;
}
