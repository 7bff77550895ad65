package io.synctools.config;

import io.synctools.model.SyncItem;
import java.util.List;

/**
 * One project: what it declares and where that goes.
 *
 * @param name as in {@code projects-clusters.json} and in the name of its file
 * @param clusters labels of the runners that mirror it; at least one
 * @param items its models, then its datasets
 */
public record DeclaredProject(String name, List<String> clusters, List<SyncItem> items) {

    public DeclaredProject {
        clusters = List.copyOf(clusters);
        items = List.copyOf(items);
    }
}
