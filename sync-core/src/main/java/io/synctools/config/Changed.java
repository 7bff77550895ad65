package io.synctools.config;

import io.synctools.model.SyncItem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells which projects mean something else than before: values are compared, not text, places or order. */
public final class Changed {

    private Changed() {}

    /**
     * The projects to mirror now.
     *
     * @param before the older version; empty if it cannot be told, and then all projects are named. A project whose older
     *     version has an error counts as changed
     * @param after the version to run
     * @return names in the order of {@code after}; projects that are gone are not named
     */
    public static List<String> projects(Optional<ProjectReading> before, ProjectReading after) {
        return after.projects().stream()
                .filter(project -> before.flatMap(old -> old.project(project.name()))
                        .map(old -> !sameValue(old, project))
                        .orElse(true))
                .map(DeclaredProject::name)
                .toList();
    }

    private static boolean sameValue(DeclaredProject one, DeclaredProject other) {
        return Set.copyOf(one.clusters()).equals(Set.copyOf(other.clusters()))
                && values(one).equals(values(other));
    }

    private static Set<SyncItem> values(DeclaredProject project) {
        return project.items().stream().map(Collisions::value).collect(Collectors.toSet());
    }
}
