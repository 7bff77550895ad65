package io.synctools.model;

import java.util.List;
import java.util.Set;

/**
 * The names that a share lists, of those that another filter keeps.
 *
 * @param whole the filter of all shares together
 * @param shard which share of how many
 * @param names what is listed
 */
record NamedTags(NameFilter whole, Shard shard, Set<String> names) implements NameFilter {
    NamedTags {
        names = Set.copyOf(names);
    }

    @Override
    public boolean accepts(String name) {
        return whole.accepts(name);
    }

    @Override
    public List<String> narrow(List<String> accepted) {
        return whole.narrow(accepted).stream().filter(names::contains).toList();
    }

    @Override
    public String renamed(String name) {
        return whole.renamed(name);
    }

    @Override
    public boolean referrers() {
        return whole.referrers();
    }

    @Override
    public String text() {
        return whole.text() + " share=" + shard;
    }
}
