package io.synctools.config;

import java.util.List;
import java.util.Optional;

/**
 * The projects of a folder, and what is wrong with their files.
 *
 * @param projects those whose own file has no error, in the order of the clusters' file
 * @param faults errors and warnings in the order of files and places
 */
public record ProjectReading(List<DeclaredProject> projects, List<ListFault> faults) {

    public ProjectReading {
        projects = List.copyOf(projects);
        faults = List.copyOf(faults);
    }

    /** Whether there is an error in any of the files. */
    public boolean hasErrors() {
        return faults.stream().anyMatch(ListFault::error);
    }

    /** A project by its name; empty if it is not declared or has an error. */
    public Optional<DeclaredProject> project(String name) {
        return projects.stream().filter(project -> project.name().equals(name)).findFirst();
    }
}
