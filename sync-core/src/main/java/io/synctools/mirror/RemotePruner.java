package io.synctools.mirror;

import io.synctools.file.Proof;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Removes from a place that is no folder what no list declares any more: artifacts with all their revisions, and of
 * declared ones the revisions that nothing names. It removes nothing at all while something declared is not there.
 */
public final class RemotePruner {
    private final RemoteMirror mirror;

    /** A pruner of a place. */
    public RemotePruner(RemoteMirror mirror) {
        this.mirror = mirror;
    }

    /**
     * Something that goes.
     *
     * @param why in a few words
     */
    public record Going(RemoteRevision revision, String why) {}

    /**
     * What would go.
     *
     * @param obstacles why nothing at all is removed; empty where something may be
     * @param notes what stays although no list declares it, and why
     */
    public record Plan(List<Going> going, List<String> obstacles, List<String> notes) {

        public Plan {
            going = List.copyOf(going);
            obstacles = List.copyOf(obstacles);
            notes = List.copyOf(notes);
        }
    }

    /** Decides what would go. Changes nothing. */
    public Plan plan(List<SyncItem> declared, PruneRules rules, Instant now) throws IOException, InterruptedException {
        List<String> obstacles = new ArrayList<>();
        Map<String, Set<String>> wanted = new HashMap<>();
        for (SyncItem item : declared) {
            Optional<RemoteRevision> there = mirror.published(item);
            if (there.isEmpty()) {
                obstacles.add(item.from() + " is not whole: it was never published at " + mirror.address());
            } else {
                wanted.computeIfAbsent(there.get().to(), any -> new HashSet<>())
                        .add(there.get().id());
            }
        }
        Map<String, List<RemoteRevision>> artifacts = new TreeMap<>();
        for (RemoteRevision revision : mirror.revisions()) {
            artifacts.computeIfAbsent(revision.to(), any -> new ArrayList<>()).add(revision);
        }
        List<Going> going = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        artifacts.forEach((artifact, revisions) -> {
            Set<String> stays = wanted.get(artifact);
            if (stays == null) {
                revisions.forEach(one -> add(one, "no list declares it", rules, now, going, notes));
            } else {
                revisions.stream()
                        .filter(one -> one.names().isEmpty() && !stays.contains(one.id()))
                        .sorted(Comparator.comparing(RemotePruner::published).reversed())
                        .skip(rules.keep())
                        .forEach(one -> add(one, "no ref and no list names it", rules, now, going, notes));
            }
        });
        rules.maxDelete().ifPresent(most -> {
            if (going.size() > most) {
                obstacles.add("there are " + going.size() + " removals, and the option \"max-delete\" allows " + most);
            }
        });
        return new Plan(going, obstacles, notes);
    }

    private static Instant published(RemoteRevision revision) {
        return revision.proof().map(Proof::published).orElse(Instant.MIN);
    }

    private static void add(
            RemoteRevision revision, String why, PruneRules rules, Instant now, List<Going> going, List<String> notes) {
        boolean foreign = revision.proof().isEmpty();
        boolean old = rules.olderThan()
                .map(age -> !foreign && published(revision).isBefore(now.minus(age)))
                .orElse(true);
        if (foreign && !rules.foreign()) {
            notes.add(revision.to() + " " + revision.id()
                    + " stays: no proof says that we published it; the option \"foreign\" removes such ones too");
        } else if (!old) {
            notes.add(revision.to() + " " + revision.id() + " stays: the option \"older-than\"");
        } else {
            going.add(new Going(revision, why));
        }
    }

    /**
     * Removes what a plan without obstacles says.
     *
     * @param done hears of each removal
     * @return why something was not removed; empty when all was
     */
    public List<String> apply(Plan plan, Consumer<Going> done) throws InterruptedException {
        if (!plan.obstacles().isEmpty()) {
            return plan.obstacles();
        }
        List<String> faults = new ArrayList<>();
        for (Going one : plan.going()) {
            try {
                mirror.remove(one.revision());
                done.accept(one);
            } catch (IOException | SyncException e) {
                faults.add(one.revision().to() + " " + one.revision().id() + " was not removed: " + e.getMessage());
            }
        }
        return faults;
    }
}
