package io.synctools.mirror;

import io.synctools.file.Disk;
import io.synctools.file.FolderReplica;
import io.synctools.file.Holder;
import io.synctools.file.Lease;
import io.synctools.internal.disk.Stat;
import io.synctools.mirror.PrunePlan.Leftover;
import io.synctools.model.ArtifactRef;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Removes what no list declares any more: repositories whole, and of declared ones the revisions that nothing names.
 *
 * <p>It removes nothing at all while something declared is not whole, or while somebody works on what would go. What goes
 * is taken from its name by one rename, and deleted afterwards; a killed prune leaves nothing but trash, which the next one
 * deletes. Not thread-safe.
 */
public final class Pruner {
    private final List<Inventory> inventories;
    private final Map<String, Inventory> known = new HashMap<>();
    private final RunContext context;

    /**
     * A pruner.
     *
     * @param inventories below whose roots things may be removed
     * @param others where declared items may be as well
     */
    public Pruner(List<? extends Inventory> inventories, List<? extends Inventory> others, RunContext context) {
        this.inventories = List.copyOf(inventories);
        this.context = context;
        others.forEach(inventory -> known.put(inventory.scheme(), inventory));
        inventories.forEach(inventory -> known.put(inventory.scheme(), inventory));
    }

    /** What the lists still want. */
    private static final class Wanted {
        private final Set<Path> folders = new HashSet<>();
        private final Map<Path, Set<String>> pins = new HashMap<>();

        void add(Path folder, String pin) throws IOException {
            Path real = real(folder);
            folders.add(real);
            pins.computeIfAbsent(real, any -> new HashSet<>()).add(pin);
        }

        boolean contains(Path folder) throws IOException {
            return folders.contains(real(folder));
        }

        boolean isInside(Path folder) throws IOException {
            Path real = real(folder);
            return folders.stream().anyMatch(one -> one.startsWith(real));
        }

        Set<String> pins(Path folder) throws IOException {
            return pins.getOrDefault(real(folder), Set.of());
        }

        /** A list may name a folder on another way than the roots do. */
        private static Path real(Path folder) throws IOException {
            return Stat.exists(folder) ? folder.toRealPath() : folder;
        }
    }

    /**
     * Decides what would go. Changes nothing.
     *
     * @param now what {@link PruneRules#olderThan} counts from
     */
    public PrunePlan plan(List<Declared> declared, PruneRules rules, Instant now) throws IOException {
        List<String> obstacles = new ArrayList<>();
        for (Declared one : declared) {
            fault(one).ifPresent(fault -> obstacles.add(one.text() + " is not whole: " + fault));
        }
        Wanted wanted = wanted(declared);
        List<Removal> removals = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        List<Leftover> leftovers = new ArrayList<>();
        for (Inventory inventory : inventories) {
            inventory.trash().forEach(trash -> leftovers.add(new Leftover(inventory, trash)));
            for (LocalRepository repository : inventory.repositories()) {
                Candidate candidate = new Candidate(inventory, repository, rules, now);
                Optional<Removal> removal = wanted.contains(repository.folder())
                        ? candidate.revisions(wanted.pins(repository.folder()), notes)
                        : candidate.whole(isInUse(repository, wanted), notes);
                if (removal.isPresent()) {
                    firstLink(inventory.root(), repository)
                            .ifPresent(link -> obstacles.add(link + " is a link, and links are never followed; remove "
                                    + repository.to() + " by hand, or put a folder there"));
                    removals.add(removal.get());
                }
            }
        }
        PrunePlan plan = new PrunePlan(removals, obstacles, notes, leftovers);
        if (rules.maxDelete().isPresent() && plan.count() > rules.maxDelete().getAsInt()) {
            obstacles.add("there are " + plan.count() + " removals, and the option \"max-delete\" allows "
                    + rules.maxDelete().getAsInt());
        }
        return new PrunePlan(removals, obstacles, notes, leftovers);
    }

    /** Why an item is not whole; empty where it is, in every place where it was ever published. */
    private Optional<String> fault(Declared declared) throws IOException {
        boolean anywhere = false;
        List<String> absent = new ArrayList<>();
        for (SyncItem item : declared.places()) {
            Inventory inventory = known.get(item.to().scheme());
            if (inventory == null) {
                continue;
            }
            Subject subject;
            try {
                subject = Subject.of(item, inventory);
            } catch (SyncException e) {
                absent.add(e.getMessage());
                continue;
            }
            Optional<Finding> finding = Inspection.lookOnly(subject);
            if (subject.absent().isPresent()) {
                absent.add(subject.absent().get() + " (" + subject.repository().folder() + ")");
            } else if (finding.isPresent()) {
                return Optional.of(subject.name() + ": "
                        + (finding.get().path().isEmpty() ? "" : finding.get().path() + ": ")
                        + finding.get().detail());
            } else {
                anywhere = true;
            }
        }
        return anywhere ? Optional.empty() : Optional.of(String.join("; ", absent));
    }

    /** Every place where an entry may lie, by its name in each layout and by its destination. */
    private Wanted wanted(List<Declared> declared) throws IOException {
        Wanted wanted = new Wanted();
        for (Declared one : declared) {
            for (SyncItem item : one.places()) {
                for (Inventory inventory : known.values()) {
                    add(
                            wanted,
                            inventory,
                            item,
                            ArtifactRef.of(
                                    inventory.scheme(),
                                    item.from().name(),
                                    item.from().revision()));
                    if (inventory.scheme().equals(item.to().scheme())) {
                        add(wanted, inventory, item, item.to());
                    }
                }
            }
        }
        return wanted;
    }

    private static void add(Wanted wanted, Inventory inventory, SyncItem item, ArtifactRef to) throws IOException {
        try {
            LocalRepository repository = inventory.at(to);
            wanted.add(repository.folder(), item.from().revision());
            Optional<Published> published = repository.published(item);
            if (published.isPresent()) {
                wanted.add(repository.folder(), published.get().proof().pin());
            }
        } catch (SyncException e) {
            return; // This layout cannot hold it.
        }
    }

    /** Removing a folder must not take along what lies in it and is wanted, or a root. */
    private boolean isInUse(LocalRepository repository, Wanted wanted) throws IOException {
        boolean holdsARoot =
                known.values().stream().anyMatch(inventory -> inventory.root().startsWith(repository.folder()));
        return holdsARoot || wanted.isInside(repository.folder());
    }

    private static Optional<Path> firstLink(Path root, LocalRepository repository) throws IOException {
        for (Path end : List.of(repository.folder(), repository.state())) {
            for (Path at = end; at != null && at.startsWith(root) && !at.equals(root); at = at.getParent()) {
                if (Stat.isLink(at)) {
                    return Optional.of(at);
                }
            }
        }
        return Optional.empty();
    }

    /** Who works on what would go; for a preview, which takes no lease. Somebody may turn out to be dead. */
    public List<String> holders(PrunePlan plan) throws IOException {
        List<String> found = new ArrayList<>();
        for (Removal removal : plan.removals()) {
            Holder.read(FolderReplica.leaseIn(removal.repository().state()))
                    .filter(holder -> !holder.isGone())
                    .ifPresent(holder -> found.add(removal.repository().to() + " is held by " + holder.describe()));
        }
        return found;
    }

    /**
     * Removes what a plan without obstacles says, or nothing where somebody works on it.
     *
     * @param done hears of each removal
     * @return why something was not removed; empty when all was
     */
    public List<String> apply(PrunePlan plan, Consumer<Removal> done) throws IOException, InterruptedException {
        if (!plan.obstacles().isEmpty()) {
            return plan.obstacles();
        }
        Map<Path, Lease> leases = new HashMap<>();
        List<String> faults = new ArrayList<>();
        try {
            for (Removal removal : plan.removals()) {
                Path state = removal.repository().state();
                leases.put(state, Lease.take(FolderReplica.leaseIn(state), context));
            }
            for (Leftover leftover : plan.leftovers()) {
                Path state = leftover.trash().state();
                if (!leases.containsKey(state)) {
                    leases.put(state, Lease.take(FolderReplica.leaseIn(state), context));
                }
            }
            remove(plan, done, faults);
        } catch (HeldByAnotherException e) {
            faults.add(e.getMessage());
        } catch (IOException e) {
            faults.add("nothing was removed: " + e);
        } finally {
            giveUp(leases);
            tidy(plan);
        }
        return faults;
    }

    private void remove(PrunePlan plan, Consumer<Removal> done, List<String> faults) {
        Disk disk = Disk.of(context);
        for (Leftover leftover : plan.leftovers()) {
            try {
                leftover.inventory().empty(leftover.trash(), disk);
            } catch (IOException e) {
                faults.add(leftover.trash().folder() + ": " + e);
            }
        }
        for (Removal removal : plan.removals()) {
            try {
                remove(removal, disk);
                done.accept(removal);
            } catch (IOException e) {
                faults.add(removal.repository().to() + " could not be removed whole: " + e + "; run prune again");
            }
        }
    }

    private static void remove(Removal removal, Disk disk) throws IOException {
        LocalRepository repository = removal.repository();
        Trash trash;
        if (removal.isWhole()) {
            trash = repository.discard(disk);
        } else {
            Set<String> unnamed = new HashSet<>();
            for (Revision revision : repository.revisions()) {
                if (revision.names().isEmpty()) {
                    unnamed.add(revision.id());
                }
            }
            // A client may have moved a ref since the plan was made.
            trash = repository.discard(
                    removal.revisions().stream()
                            .filter(revision -> unnamed.contains(revision.id()))
                            .toList(),
                    disk);
        }
        removal.inventory().empty(trash, disk);
    }

    private static void giveUp(Map<Path, Lease> leases) throws IOException {
        IOException failure = null;
        for (Lease lease : leases.values()) {
            try {
                lease.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void tidy(PrunePlan plan) throws IOException {
        Disk disk = Disk.of(context);
        for (Removal removal : plan.removals()) {
            removal.repository().tidy(disk);
        }
        // Also what a prune left that was killed as it did this.
        for (Inventory inventory : inventories) {
            for (LocalRepository repository : inventory.repositories()) {
                if (Stat.isFolder(repository.state(), LinkOption.NOFOLLOW_LINKS)) {
                    repository.tidy(disk);
                }
            }
        }
    }
}
