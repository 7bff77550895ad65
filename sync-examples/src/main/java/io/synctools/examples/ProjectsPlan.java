package io.synctools.examples;

import io.synctools.config.Changed;
import io.synctools.config.DeclaredProject;
import io.synctools.config.Destinations;
import io.synctools.config.Lint;
import io.synctools.config.ListFault;
import io.synctools.config.ListFile;
import io.synctools.config.ProjectLists;
import io.synctools.config.ProjectReading;
import io.synctools.internal.text.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints which projects are to be mirrored where, as the matrix of a workflow: all, one, or those that changed. */
@Command
final class ProjectsPlan {
    private final Shell shell;
    private final ProjectLists lists;

    @Option(
            names = "--projects",
            required = true,
            paramLabel = "DIR",
            description = "folder of projects-clusters.json and projects/<name>.json")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Option(names = "--project", paramLabel = "NAME", description = "only this one")
    private @Nullable String project;

    @Option(
            names = "--changed-since",
            paramLabel = "REV",
            description = "only those whose file or clusters mean something else than in that revision of git;"
                    + " all, if something outside of DIR changed or the revision cannot be read")
    private @Nullable String since;

    ProjectsPlan(Shell shell) {
        this.shell = shell;
        this.lists = new ProjectLists(
                Destinations.standard(Optional.ofNullable(shell.environment().get("HOME"))));
    }

    int run(List<String> arguments) throws InterruptedException {
        Parsing parsing = new Parsing("plan", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        ProjectReading now = lists.read(folder);
        List<ListFault> faults = project == null ? now.faults() : Lists.concerning(project, now, folder);
        // The standard output belongs to the matrix.
        boolean actions = shell.env("GITHUB_ACTIONS").equals("true");
        shell.err().print(Lint.print(faults, actions ? Lint.Format.GITHUB : Lint.Format.TEXT));
        if (faults.stream().anyMatch(ListFault::error)) {
            return 2;
        }
        List<DeclaredProject> asked = project == null ? now.projects() : List.of(Lists.named(project, now, folder));
        List<String> changed =
                since == null ? asked.stream().map(DeclaredProject::name).toList() : changed(since, now);
        shell.out()
                .println(ProjectJobs.of(asked.stream()
                        .filter(one -> changed.contains(one.name()))
                        .toList()));
        return 0;
    }

    private List<String> changed(String revision, ProjectReading now) throws InterruptedException {
        Git git = new Git(folder, shell.environment());
        try {
            String prefix = git.prefix();
            String before = git.commit(revision);
            Optional<String> outside = git.changed(before, git.commit("HEAD")).stream()
                    .filter(path -> !inside(path, prefix))
                    .findFirst();
            if (outside.isPresent()) {
                say("\"" + outside.get() + "\" changed");
                return Changed.projects(Optional.empty(), now);
            }
            return Changed.projects(Optional.of(before(git, before, prefix)), now);
        } catch (IOException e) {
            say("git cannot compare with \"" + Printable.words(revision) + "\" ("
                    + Printable.words(String.valueOf(e.getMessage())) + ")");
            return Changed.projects(Optional.empty(), now);
        }
    }

    private void say(String why) {
        shell.err().println("sync: " + why + "; all projects are selected");
    }

    /** Where the folder is the repository's top, all else in it is code, too. */
    private static boolean inside(String path, String prefix) {
        return prefix.isEmpty()
                ? path.equals(ProjectLists.CLUSTERS_FILE) || path.startsWith(ProjectLists.PROJECTS_FOLDER + "/")
                : path.startsWith(prefix);
    }

    /** The projects as they were; none where the clusters' file was not there yet. */
    private ProjectReading before(Git git, String commit, String prefix) throws IOException, InterruptedException {
        String clusters = prefix + ProjectLists.CLUSTERS_FILE;
        Map<String, byte[]> files =
                new HashMap<>(git.files(commit, List.of(clusters, prefix + ProjectLists.PROJECTS_FOLDER + "/")));
        byte[] first = files.remove(clusters);
        List<ListFile> projects = files.entrySet().stream()
                .filter(file -> file.getKey().endsWith(".json"))
                .map(file -> ListFile.of(file.getKey(), file.getValue()))
                .toList();
        return lists.readFiles(ListFile.of(clusters, first == null ? new byte[0] : first), projects);
    }
}
