package io.synctools.config;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Compares the items of all lists of one kind with each other: the same twice is done once, two that claim one place are
 * an error, and one repository by two routes is worth a warning.
 */
final class Collisions {
    private static final Set<String> ON_DISKS =
            Set.of(Destinations.LOCAL_DIR, Destinations.MODELSCOPE_CACHE, Destinations.HUGGING_FACE_CACHE);

    private final Faults faults;
    private final Map<SyncItem, SyncItem> same = new HashMap<>();
    private final Map<String, SyncItem> places = new HashMap<>();
    private final Map<String, SyncItem> repositories = new HashMap<>();

    Collisions(Faults faults) {
        this.faults = faults;
    }

    /** The items without doubles, in their order. */
    List<SyncItem> settle(List<SyncItem> items) {
        List<SyncItem> kept = new ArrayList<>();
        for (SyncItem item : items) {
            SyncItem first = same.putIfAbsent(value(item), item);
            if (first != null) {
                faults.warning(item.declaredAt(), "the same entry as at " + first.declaredAt() + "; it is done once");
            } else {
                kept.add(item);
                if (item.from().scheme().equals("docker")) {
                    image(item);
                } else {
                    repository(item);
                }
            }
        }
        return kept;
    }

    /** Tells of entries of different lists that claim one place; what one list says by itself was told before. */
    void compare(List<List<SyncItem>> lists) {
        for (List<SyncItem> list : lists) {
            Map<String, SyncItem> own = new LinkedHashMap<>();
            list.stream()
                    .filter(item -> !item.from().scheme().equals("docker"))
                    .forEach(item -> own.putIfAbsent(place(item), item));
            own.forEach((place, item) -> {
                SyncItem first = places.putIfAbsent(place, item);
                if (first != null && !value(first).equals(value(item))) {
                    faults.error(item.declaredAt(), conflict(item, first));
                }
            });
        }
    }

    private void repository(SyncItem item) {
        String place = place(item);
        SyncItem first = places.putIfAbsent(place, item);
        if (first != null) {
            faults.error(item.declaredAt(), conflict(item, first));
            return;
        }
        SyncItem twin = repositories.putIfAbsent(item.from().name().toLowerCase(Locale.ROOT), item);
        boolean anotherRevision = twin != null
                && twin.from().scheme().equals(item.from().scheme())
                && !revision(twin).equals(revision(item));
        if (twin != null && !anotherRevision) {
            faults.warning(
                    item.declaredAt(),
                    "the same repository as at " + twin.declaredAt() + " by another route ("
                            + twin.from().scheme() + " to "
                            + twin.to().scheme() + ", here " + item.from().scheme() + " to "
                            + item.to().scheme()
                            + "); it is fetched twice");
        }
    }

    private static String conflict(SyncItem item, SyncItem first) {
        String both = first.to().text().equals(item.to().text())
                ? item.to().text()
                : first.to().text() + " and " + item.to().text()
                        + ", which are one place on some disks or in this layout,";
        String name = item.from().name();
        String other = first.from().name();
        boolean sameFile = item.declaredAt().file().equals(first.declaredAt().file());
        String mend = !ON_DISKS.contains(item.to().scheme())
                ? "keep one of them, or mirror them to two places"
                : name.equals(other)
                        ? (sameFile
                                ? "keep one of them, or give one a \"local_dir\""
                                : "let both declare the same revision and patterns, or give one another \"local_dir\"")
                        : name.equalsIgnoreCase(other)
                                ? "their names differ only in upper and lower case; keep the one that the hub has"
                                : "give one of them another \"local_dir\"";
        return "writes to " + both + " as does the entry at " + first.declaredAt() + "; " + mend;
    }

    private void image(SyncItem item) {
        SyncItem first = places.putIfAbsent(item.to().text(), item);
        if (first != null && !first.from().equals(item.from())) {
            faults.warning(
                    item.declaredAt(),
                    "writes to " + item.to().name() + " as does the rule at " + first.declaredAt()
                            + " from another source; a tag that both have changes to and fro");
        }
    }

    /** What an item means, wherever it is declared. */
    static SyncItem value(SyncItem item) {
        ArtifactRef from = item.from();
        ArtifactRef plain = ArtifactRef.of(from.scheme(), from.name(), revision(item));
        return new SyncItem(plain, ArtifactRef.of(item.to().scheme(), item.to().name()), item.filter(), Place.NONE);
    }

    private static String revision(SyncItem item) {
        String declared = item.from().revision();
        return declared.isEmpty() ? RepositoryEntry.defaultRevision(item.from().scheme()) : declared;
    }

    /** The same for all destinations that are one place, also on a disk that does not tell cases apart. */
    private static String place(SyncItem item) {
        ArtifactRef to = item.to();
        String name = to.name().toLowerCase(Locale.ROOT);
        return to.scheme() + ":"
                + switch (to.scheme()) {
                    case Destinations.MODELSCOPE_CACHE -> mangled(name);
                    case Destinations.HUGGING_FACE_CACHE -> name + "@" + revision(item);
                    case Destinations.LOCAL_DIR -> name;
                    default -> name + "@" + (isDefault(item) ? "" : revision(item));
                };
    }

    /** Whether it declares what its platform calls by another name than other platforms. */
    private static boolean isDefault(SyncItem item) {
        return revision(item).equals(RepositoryEntry.defaultRevision(item.from().scheme()));
    }

    /** The ModelScope client writes three underscores for each dot of a repository's name. */
    private static String mangled(String name) {
        int slash = name.lastIndexOf('/');
        return name.substring(0, slash + 1) + name.substring(slash + 1).replace(".", "___");
    }
}
