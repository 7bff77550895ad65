package io.synctools.mirror;

import io.synctools.internal.disk.Stat;
import io.synctools.model.SyncItem;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is to be verified as one.
 *
 * @param name as reports print it
 * @param repository where it is
 * @param revisions what of it is looked at
 * @param absent why nothing can be looked at; empty where something can
 */
public record Subject(String name, LocalRepository repository, List<Revision> revisions, Optional<String> absent) {

    public Subject {
        revisions = List.copyOf(revisions);
    }

    /** All that an inventory holds; what is no repository yet, but half-fetched, is left out. */
    public static List<Subject> all(Inventory inventory) throws IOException {
        List<Subject> subjects = new ArrayList<>();
        for (LocalRepository repository : inventory.repositories()) {
            List<Revision> revisions = repository.revisions();
            if (!revisions.isEmpty()) {
                subjects.add(new Subject(repository.to(), repository, revisions, Optional.empty()));
            }
        }
        return subjects;
    }

    /** What one item of a list declares. */
    public static Subject of(SyncItem item, Inventory inventory) throws IOException {
        LocalRepository repository = inventory.at(item.to());
        String name = item.to().toString();
        Optional<Published> published = repository.published(item);
        if (published.isEmpty()) {
            String absent = Stat.exists(repository.folder(), LinkOption.NOFOLLOW_LINKS)
                    ? "no proof says that what is declared was ever published here"
                    : "it was never published";
            return new Subject(name, repository, List.of(), Optional.of(absent));
        }
        List<Revision> meant = repository.revisions().stream()
                .filter(revision -> revision.published().contains(published.get()))
                .toList();
        return new Subject(name, repository, meant, Optional.empty());
    }

    /** How many proofs there are. */
    int publications() {
        return revisions.stream()
                .mapToInt(revision -> revision.published().size())
                .sum();
    }

    /** The bytes that were published. */
    long bytes() {
        return revisions.stream().mapToLong(Revision::bytes).sum();
    }
}
