package io.synctools.examples;

import io.synctools.PlanException;
import io.synctools.PlanPrinter;
import io.synctools.config.Destinations;
import io.synctools.config.ListFault;
import io.synctools.config.ListReader;
import io.synctools.config.ListReading;
import io.synctools.mirror.Declared;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.PrunePlan;
import io.synctools.mirror.PruneRules;
import io.synctools.mirror.Pruner;
import io.synctools.mirror.RemoteMirrors;
import io.synctools.mirror.RemotePruner;
import io.synctools.mirror.Removal;
import io.synctools.mirror.Revision;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes what no list declares any more, or says what it would remove. */
@Command
@SuppressWarnings("NullAway.Init") // picocli fills them
final class PruneTool implements LibraryOptions.Taker {
    private final Shell shell;

    private final LibraryOptions library;
    private final Roots roots;

    @Option(
            names = "--keep-declared",
            paramLabel = "LIST",
            arity = "1..*",
            required = true,
            description = "lists of models or datasets: what one of them declares stays")
    private List<Path> lists;

    @Mixin
    private final TargetOption to = new TargetOption();

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "0",
            description = "of a declared repository also the N newest revisions that no ref names (default: 0)")
    private Count keep;

    @Option(
            names = "--older-than",
            paramLabel = "DURATION",
            description = "only what was published longer ago, for example 30d")
    private @Nullable Duration olderThan;

    @Option(names = "--max-delete", paramLabel = "N", description = "more removals than this, and nothing is removed")
    private @Nullable Count maxDelete;

    @Option(names = "--foreign", description = "also what no proof says that we published")
    private boolean foreign;

    @Option(names = "--apply", description = "do it; otherwise it only says what it would do")
    private boolean apply;

    PruneTool(Shell shell) {
        this.shell = shell;
        this.library = Roots.options(shell);
        this.roots = new Roots(library);
    }

    @Override
    public LibraryOptions library() {
        return library;
    }

    int run(List<String> arguments) throws IOException, InterruptedException {
        Parsing parsing = new Parsing("prune", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        to.check(library);
        List<Declared> declared;
        try {
            declared = declared();
        } catch (PlanException e) {
            e.faults().forEach(fault -> shell.err().println(OptionNames.written(fault)));
            return 2;
        }
        if (declared.isEmpty() && apply && maxDelete == null) {
            throw new IllegalArgumentException("the lists declare nothing, so all that was mirrored would go;"
                    + " if you mean that, say how many with --max-delete N");
        }
        RunContext context = roots.context();
        PruneRules rules = new PruneRules(
                keep.value(),
                Optional.ofNullable(olderThan),
                maxDelete == null ? OptionalInt.empty() : OptionalInt.of(maxDelete.value()),
                foreign);
        if (to.given()) {
            return remote(declared, rules, context);
        }
        List<Inventory> all = Inventories.all(roots, context);
        Pruner pruner = new Pruner(Inventories.meant(roots, all), all, context);
        PrunePlan plan = pruner.plan(declared, rules, Instant.now());
        return apply ? apply(pruner, plan) : preview(pruner, plan);
    }

    /** All items of the lists, each with every layout in which a flow may have put it. */
    private List<Declared> declared() {
        Destinations disk = Destinations.standard(
                        Optional.ofNullable(shell.environment().get("HOME")))
                .withHuggingFaceCache();
        Destinations destinations = to.place().map(disk::withPlace).orElse(disk);
        ListReading reading = new ListReader(destinations).readRepositories(lists);
        if (reading.faults().stream().anyMatch(ListFault::error)) {
            throw new PlanException(reading.faults());
        }
        reading.faults().forEach(fault -> shell.err().println(fault));
        List<Declared> declared = new ArrayList<>();
        for (SyncItem item : reading.items()) {
            List<SyncItem> places = new ArrayList<>(List.of(item));
            if (item.to().scheme().equals("huggingface-cache")) {
                places.add(new SyncItem(
                        item.from(),
                        ArtifactRef.of("local-dir", item.from().name()),
                        item.filter(),
                        item.declaredAt()));
            }
            declared.add(new Declared(places));
        }
        return declared;
    }

    private int remote(List<Declared> declared, PruneRules rules, RunContext context)
            throws IOException, InterruptedException {
        RemotePruner pruner = new RemotePruner(RemoteMirrors.of(to.place().orElseThrow(), context));
        RemotePruner.Plan plan =
                pruner.plan(declared.stream().map(one -> one.places().get(0)).toList(), rules, Instant.now());
        plan.notes().forEach(note -> shell.out().println(OptionNames.written(note)));
        if (!apply) {
            plan.going().forEach(one -> show("would remove", one));
            plan.obstacles().forEach(one -> shell.out().println("nothing may be removed: " + OptionNames.written(one)));
            shell.out()
                    .println(count(plan.going().size(), "revision", "revisions") + " to remove"
                            + (plan.obstacles().isEmpty() ? "; nothing was touched, add --apply to do it" : ""));
            return plan.obstacles().isEmpty() ? 0 : 1;
        }
        List<RemotePruner.Going> gone = new ArrayList<>();
        List<String> faults = pruner.apply(plan, one -> {
            gone.add(one);
            show("removed", one);
        });
        faults.forEach(fault -> shell.out()
                .println((gone.isEmpty() ? "nothing was removed: " : "not removed: ") + OptionNames.written(fault)));
        shell.out().println(count(gone.size(), "revision", "revisions") + " removed");
        return faults.isEmpty() ? 0 : 1;
    }

    private void show(String what, RemotePruner.Going one) {
        shell.out()
                .println(what + " " + one.revision().to() + " revision "
                        + one.revision().id() + ", up to "
                        + PlanPrinter.size(one.revision().bytes()) + ": " + one.why());
    }

    private int preview(Pruner pruner, PrunePlan plan) throws IOException {
        List<String> obstacles = new ArrayList<>(plan.obstacles());
        obstacles.addAll(pruner.holders(plan));
        plan.notes().forEach(note -> shell.out().println(OptionNames.written(note)));
        plan.removals().forEach(removal -> show("would remove", removal));
        plan.leftovers().forEach(left -> shell.out()
                .println("would delete what an earlier prune left in "
                        + left.trash().folder()));
        obstacles.forEach(obstacle -> shell.out().println("nothing may be removed: " + OptionNames.written(obstacle)));
        shell.out()
                .println(total(plan.removals(), "to remove")
                        + (obstacles.isEmpty() ? "; nothing was touched, add --apply to do it" : ""));
        return obstacles.isEmpty() ? 0 : 1;
    }

    private int apply(Pruner pruner, PrunePlan plan) throws IOException, InterruptedException {
        plan.notes().forEach(note -> shell.out().println(OptionNames.written(note)));
        List<Removal> removed = new ArrayList<>();
        List<String> faults = pruner.apply(plan, removal -> {
            removed.add(removal);
            show("removed", removal);
        });
        faults.forEach(fault -> shell.out()
                .println((removed.isEmpty() ? "nothing was removed: " : "not removed: ") + OptionNames.written(fault)));
        shell.out().println(total(removed, "removed"));
        return faults.isEmpty() ? 0 : 1;
    }

    private void show(String what, Removal removal) {
        String size = ", " + PlanPrinter.size(removal.bytes()) + ": " + removal.why();
        if (removal.isWhole()) {
            shell.out().println(what + " " + removal.repository().to() + size);
        }
        for (Revision revision : removal.revisions()) {
            shell.out()
                    .println(what + " " + removal.repository().to() + " revision " + revision.id()
                            + revision.lastPublished()
                                    .map(time -> ", published " + time)
                                    .orElse("")
                            + ", up to " + PlanPrinter.size(revision.bytes()) + ": " + removal.why());
        }
    }

    private static String total(List<Removal> removals, String what) {
        long whole = removals.stream().filter(Removal::isWhole).count();
        long revisions = removals.stream()
                .mapToLong(removal -> removal.revisions().size())
                .sum();
        long bytes = removals.stream().mapToLong(Removal::bytes).sum();
        return count(whole, "repository", "repositories") + " and " + count(revisions, "revision", "revisions") + " "
                + what + ", up to " + PlanPrinter.size(bytes);
    }

    private static String count(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }
}
