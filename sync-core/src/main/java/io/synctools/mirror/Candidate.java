package io.synctools.mirror;

import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One repository of which something may go, and the rules for it. */
record Candidate(Inventory inventory, LocalRepository repository, PruneRules rules, Instant now) {

    /** The whole repository, which no list declares; empty, with a note, where it stays all the same. */
    Optional<Removal> whole(boolean inUse, List<String> notes) throws IOException {
        List<Revision> revisions = repository.revisions();
        long fetched = repository.unfinished().total();
        if (revisions.isEmpty() && fetched == 0) {
            return Optional.empty();
        }
        boolean ours = revisions.isEmpty()
                ? Stat.isFolder(repository.state(), LinkOption.NOFOLLOW_LINKS)
                : revisions.stream().anyMatch(revision -> !revision.published().isEmpty());
        if (inUse) {
            notes.add(repository.to() + " stays: something that is declared lies in " + repository.folder());
        } else if (!ours && !rules.foreign()) {
            notes.add(repository.to()
                    + " stays: no proof says that we published it; the option \"foreign\" removes such ones too");
        } else if (!revisions.stream().allMatch(this::isOldEnough) || (revisions.isEmpty() && isAgeAsked())) {
            notes.add(repository.to() + " stays: the option \"older-than\", " + age(revisions));
        } else {
            long shared = repository.shared();
            if (shared > 0) {
                notes.add(repository.to() + ": " + shared
                        + " bytes lie in the store that repositories of this cache share, and stay there; the hub's own tool"
                        + " removes what nobody uses");
            }
            long bytes =
                    Math.max(0, revisions.stream().mapToLong(Revision::bytes).sum() + fetched - shared);
            String what = ours ? (revisions.isEmpty() ? ", and it was never published" : "") : ", and it is not ours";
            return Optional.of(new Removal(inventory, repository, List.of(), "no list declares it" + what, bytes));
        }
        return Optional.empty();
    }

    /**
     * The revisions of a declared repository that nothing names.
     *
     * @param wanted revisions and pins that lists declare
     */
    Optional<Removal> revisions(Set<String> wanted, List<String> notes) throws IOException {
        List<Revision> unnamed = new ArrayList<>();
        for (Revision revision : repository.revisions()) {
            boolean stays = !revision.names().isEmpty() || wanted.contains(revision.id());
            boolean foreign = revision.published().isEmpty();
            if (!stays && foreign && !rules.foreign()) {
                notes.add(repository.to() + " revision " + revision.id()
                        + " stays: no proof says that we published it; the option \"foreign\" removes such ones too");
            } else if (!stays) {
                unnamed.add(revision);
            }
        }
        List<Revision> going =
                unnamed.stream().skip(rules.keep()).filter(this::isOldEnough).toList();
        if (going.isEmpty()) {
            return Optional.empty();
        }
        long bytes = going.stream().mapToLong(Revision::bytes).sum();
        return Optional.of(new Removal(inventory, repository, going, "no ref and no list names it", bytes));
    }

    private boolean isAgeAsked() {
        return rules.olderThan().isPresent();
    }

    /** What has no time of publication is never old enough. */
    private boolean isOldEnough(Revision revision) {
        return rules.olderThan().isEmpty()
                || revision.lastPublished()
                        .filter(time ->
                                time.isBefore(now.minus(rules.olderThan().get())))
                        .isPresent();
    }

    private static String age(List<Revision> revisions) {
        return revisions.stream()
                .flatMap(revision -> revision.lastPublished().stream())
                .max(Instant::compareTo)
                .map(time -> "it was published at " + time)
                .orElse("and nobody knows when it was published");
    }
}
