package io.synctools.examples;

import io.synctools.PlanException;
import io.synctools.PlanPrinter;
import io.synctools.config.Destinations;
import io.synctools.internal.text.Printable;
import io.synctools.internal.text.Span;
import io.synctools.mirror.Finding;
import io.synctools.mirror.Finding.Kind;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.RemoteMirror;
import io.synctools.mirror.RemoteMirrors;
import io.synctools.mirror.RemoteRevision;
import io.synctools.mirror.RemoteVerifier;
import io.synctools.mirror.Subject;
import io.synctools.mirror.Verified;
import io.synctools.mirror.Verifier;
import io.synctools.mirror.VerifyReport;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads what was mirrored, compares it with its proofs, and says what is missing, damaged or foreign. */
@Command
final class VerifyTool implements LibraryOptions.Taker {
    private final Shell shell;

    @Parameters(
            paramLabel = "FLOW",
            index = "0",
            arity = "0..1",
            description = "only what this flow declares (default: all that is below the roots)")
    private @Nullable String flow;

    @Parameters(paramLabel = "NAME", index = "1", arity = "0..1", description = "of the flow \"project\": which one")
    private @Nullable String project;

    private final LibraryOptions library;
    private final Roots roots;

    @Mixin
    private final ListOptions lists = new ListOptions();

    @Mixin
    private final TargetOption to = new TargetOption();

    @Option(names = "--strict", description = "foreign files fail it, too")
    private boolean strict;

    @Option(names = "--jobs", paramLabel = "N", description = "files read at a time (default: twice the processors)")
    private @Nullable Count jobs;

    @Option(names = "--report", paramLabel = "FILE", description = "write a report as JSON")
    private @Nullable Path report;

    VerifyTool(Shell shell) {
        this.shell = shell;
        this.library = Roots.options(shell);
        this.roots = new Roots(library);
    }

    @Override
    public LibraryOptions library() {
        return library;
    }

    int run(List<String> arguments) throws IOException, InterruptedException {
        Parsing parsing = new Parsing("verify", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        Writable.checkFile("--report", report);
        to.check(library, lists);
        List<Subject> subjects;
        try {
            if (to.given()) {
                return verifyRemote();
            }
            subjects = subjects();
        } catch (PlanException e) {
            e.faults().forEach(shell.err()::println);
            return 2;
        }
        return verify(subjects);
    }

    /** By what the place tells, without a download. */
    private int verifyRemote() throws IOException, InterruptedException {
        RunContext context = roots.context();
        RemoteMirror mirror = RemoteMirrors.of(to.place().orElseThrow(), context);
        List<RemoteVerifier.Subject> subjects = new ArrayList<>();
        if (flow == null) {
            for (RemoteRevision revision : mirror.revisions()) {
                subjects.add(new RemoteVerifier.Subject(named(revision), Optional.of(revision)));
            }
        } else {
            for (SyncItem item : plan(flow).items()) {
                subjects.add(new RemoteVerifier.Subject(item.to().toString(), mirror.published(item)));
            }
        }
        List<Verified> results = new ArrayList<>();
        Instant started = Instant.now();
        new RemoteVerifier(mirror, threads()).verify(subjects, verified -> {
            results.add(verified);
            verified.findings().forEach(finding -> shell.out().println(line(verified, finding)));
        });
        return tell(new VerifyReport(started, Instant.now(), strict, runner(), results));
    }

    private static String named(RemoteRevision revision) {
        return revision.to()
                + (revision.names().isEmpty()
                        ? "@" + revision.id()
                        : ":" + String.join(",", new TreeSet<>(revision.names())));
    }

    private SyncPlan plan(String of) {
        Destinations disk = lists.destinations(shell.environment());
        return lists.plan(
                shell, of, Flows.named(of), to.place().map(disk::withPlace).orElse(disk), Optional.ofNullable(project));
    }

    private int threads() {
        return jobs == null ? 2 * Runtime.getRuntime().availableProcessors() : jobs.value();
    }

    private List<Subject> subjects() throws IOException {
        List<Inventory> all = Inventories.all(roots, roots.context());
        List<Subject> subjects = new ArrayList<>();
        if (flow == null) {
            for (Inventory inventory : Inventories.meant(roots, all)) {
                subjects.addAll(Subject.all(inventory));
            }
            return subjects;
        }
        for (SyncItem item : plan(flow).items()) {
            for (Inventory inventory : all) {
                if (inventory.scheme().equals(item.to().scheme())) {
                    subjects.add(Subject.of(item, inventory));
                }
            }
        }
        return subjects;
    }

    private int verify(List<Subject> subjects) throws IOException, InterruptedException {
        Verifier verifier = new Verifier(threads());
        List<Verified> results = new ArrayList<>();
        Instant started = Instant.now();
        ScheduledExecutorService ticker = Ticker.create();
        try {
            var unused = ticker.scheduleAtFixedRate(
                    () -> shell.err().println(progress(verifier, started, results.size() + "/" + subjects.size())),
                    30,
                    30,
                    TimeUnit.SECONDS);
            verifier.verify(subjects, verified -> {
                results.add(verified);
                verified.findings().forEach(finding -> shell.out().println(line(verified, finding)));
            });
        } finally {
            ticker.shutdownNow();
        }
        return tell(new VerifyReport(started, Instant.now(), strict, runner(), results));
    }

    private int tell(VerifyReport all) throws IOException {
        shell.out().println(summary(all));
        if (report != null) {
            all.write(report);
        }
        return all.exit();
    }

    private Optional<String> runner() {
        return Optional.ofNullable(shell.env("SYNC_RUNNER")).filter(name -> !name.isEmpty());
    }

    /** {@code damaged  modelscope-cache:models/o/n  config.json: it has 5 bytes instead of 7}. */
    private static String line(Verified verified, Finding finding) {
        return String.format(
                Locale.ROOT,
                "%-7s  %s  %s%s",
                finding.kind().name().toLowerCase(Locale.ROOT),
                verified.name(),
                finding.path().isEmpty() ? "" : Printable.name(finding.path()) + ": ",
                Printable.name(finding.detail()));
    }

    private static String progress(Verifier verifier, Instant started, String items) {
        return PlanPrinter.size(verifier.bytesRead()) + " read, "
                + rate(verifier.bytesRead(), Duration.between(started, Instant.now())) + ", items " + items;
    }

    private static String summary(VerifyReport all) {
        Duration took = Duration.between(all.started(), all.finished());
        String wrong = all.exit() == 0 ? "" : "; run the flow with --verify to repair what is missing or damaged";
        return count(all.items().size(), "item") + ", " + count(all.files(), "file") + ", "
                + PlanPrinter.size(all.bytes()) + " in " + Span.text(took) + " (" + rate(all.bytes(), took) + "): "
                + all.count(Kind.MISSING) + " missing, " + all.count(Kind.DAMAGED) + " damaged, "
                + all.count(Kind.FOREIGN) + " foreign" + wrong;
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String rate(long bytes, Duration took) {
        return String.format(Locale.ROOT, "%.2f GB/s", bytes / 1e9 / Math.max(0.001, took.toNanos() / 1e9));
    }
}
