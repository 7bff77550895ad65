package io.synctools.model;

import java.util.List;

/**
 * One machine's share of what another filter keeps: that is judged first, so that the newest three tags are the same three
 * for all machines, and each of them is the share of one.
 *
 * @param whole the filter of all shares together
 * @param shard which share of how many
 * @param rule tells apart names of several rules
 */
record NameShare(NameFilter whole, Shard shard, String rule) implements NameFilter {

    @Override
    public boolean accepts(String name) {
        return whole.accepts(name);
    }

    @Override
    public List<String> narrow(List<String> accepted) {
        return whole.narrow(accepted).stream()
                .filter(name -> shard.owns(rule + " " + name))
                .toList();
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
