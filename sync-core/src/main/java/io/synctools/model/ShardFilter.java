package io.synctools.model;

import java.util.List;
import java.util.Set;

/**
 * One machine's share of what another filter keeps: that is judged first, so that the newest three tags are the same three
 * for all machines, and each of them is the share of one.
 *
 * @param whole the filter of all shares together
 * @param shard which share of how many
 * @param part which names it is
 */
record ShardFilter(NameFilter whole, Shard shard, Part part) implements NameFilter {

    /** Tells which names belong to a share. */
    sealed interface Part {
        boolean has(String name);
    }

    /**
     * Names whose hash falls to a share.
     *
     * @param rule tells apart names of several rules
     */
    record Hashed(Shard shard, String rule) implements Part {
        @Override
        public boolean has(String name) {
            return shard.owns(rule + " " + name);
        }
    }

    /** Names that a plan lists. */
    record Listed(Set<String> names) implements Part {
        Listed {
            names = Set.copyOf(names);
        }

        @Override
        public boolean has(String name) {
            return names.contains(name);
        }
    }

    @Override
    public boolean accepts(String name) {
        return whole.accepts(name);
    }

    @Override
    public List<String> narrow(List<String> accepted) {
        return whole.narrow(accepted).stream().filter(part::has).toList();
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
