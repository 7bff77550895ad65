package io.synctools.examples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.synctools.config.DeclaredProject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The jobs of a matrix of GitHub Actions: one for each project and cluster, as long as Actions runs that many. */
final class ProjectJobs {
    /** Actions refuses a matrix with more. */
    static final int MOST = 256;

    private ProjectJobs() {}

    /**
     * The matrix, as an array of objects with a project and a cluster.
     *
     * <p>Of more than {@value #MOST} pairs, those of one cluster share jobs, as evenly as that goes: several names,
     * separated by blanks, then stand in the place of one. No project's name has a blank.
     *
     * @return in the order of the projects, or of the clusters where they share
     * @throws IllegalArgumentException if there are more clusters than jobs
     */
    static ArrayNode of(List<DeclaredProject> projects) {
        ArrayNode jobs = JsonNodeFactory.instance.arrayNode();
        if (projects.stream().mapToInt(project -> project.clusters().size()).sum() <= MOST) {
            projects.forEach(project -> project.clusters().forEach(cluster -> add(jobs, project.name(), cluster)));
            return jobs;
        }
        Map<String, List<String>> byCluster = new LinkedHashMap<>();
        projects.forEach(project -> project.clusters().forEach(cluster -> byCluster
                .computeIfAbsent(cluster, key -> new ArrayList<>())
                .add(project.name())));
        if (byCluster.size() > MOST) {
            throw new IllegalArgumentException("there are " + byCluster.size() + " clusters, and Actions runs " + MOST
                    + " jobs of one matrix; name one project by --project");
        }
        int share = 1;
        while (count(byCluster, share) > MOST) {
            share++;
        }
        for (Map.Entry<String, List<String>> one : byCluster.entrySet()) {
            List<String> names = one.getValue();
            for (int from = 0; from < names.size(); from += share) {
                add(jobs, String.join(" ", names.subList(from, Math.min(names.size(), from + share))), one.getKey());
            }
        }
        return jobs;
    }

    private static int count(Map<String, List<String>> byCluster, int share) {
        return byCluster.values().stream()
                .mapToInt(names -> (names.size() + share - 1) / share)
                .sum();
    }

    private static void add(ArrayNode jobs, String project, String cluster) {
        jobs.addObject().put("project", project).put("cluster", cluster);
    }
}
