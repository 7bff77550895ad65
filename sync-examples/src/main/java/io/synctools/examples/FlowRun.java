package io.synctools.examples;

import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.examples.ConsoleListener.Verbosity;
import io.synctools.file.Adoption;
import io.synctools.file.Disk;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.report.PrometheusText;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** One run of a flow from its arguments to its exit status. Used once, by one thread. */
@Command
final class FlowRun implements LibraryOptions.Taker {
    private final Shell shell;
    private final String name;
    private final Flow flow;

    @Mixin
    private final FlowOptions options;

    FlowRun(Shell shell, String name, Flow flow) {
        this.shell = shell;
        this.name = name;
        this.flow = flow;
        this.options = new FlowOptions(shell.environment());
    }

    @Override
    public LibraryOptions library() {
        return options.library;
    }

    /**
     * A run of the flow of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static FlowRun of(Shell shell, String name) {
        return new FlowRun(shell, name, Flows.named(name));
    }

    /**
     * Mirrors, or previews, and reports.
     *
     * @throws io.synctools.PlanException if the plan cannot be run as it is; nothing was touched
     */
    int run(List<String> arguments) throws IOException {
        Parsing parsing = new Parsing(name, this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.only(Flows.understoodBy(name)).help());
            return 0;
        }
        options.check();
        options.roots.check();
        SyncPlan plan = options.plan(shell, name, flow);
        options.roots.checkKept(plan, RunContext.of(options.library.options()));
        return mirror(plan);
    }

    /** What is declared. */
    List<SyncItem> declared(List<String> arguments) {
        new Parsing(name, this, shell.env("HOME")).wantsHelp(arguments);
        return options.plan(shell, name, flow).items();
    }

    private int mirror(SyncPlan plan) throws IOException {
        checkLocale();
        Display display = display();
        SyncReport report;
        try {
            RunContext context = RunContext.of(options.ofShare(shell.environment()));
            options.roots.givenIn(context).forEach(root -> Adoption.from(context, root));
            Syncer syncer = Syncer.builder()
                    .context(context)
                    .listener(new ConsoleListener(display, verbosity()))
                    .build();
            report = options.dryRun ? syncer.preview(plan) : syncer.run(plan);
        } finally {
            display.close();
        }
        return tell(OptionNames.written(ended(explained(report, plan).withOnly(options.lists.only))), plan);
    }

    /** With what may have been meant by names that the hubs do not know. */
    private SyncReport explained(SyncReport report, SyncPlan plan) {
        if (report.interrupted() || Thread.currentThread().isInterrupted()) {
            return report;
        }
        Syncer asking = Syncer.builder()
                .options(options.ofShare(shell.environment()).toBuilder()
                        .retryFor(Duration.ofSeconds(10))
                        .build())
                .build();
        return new MeantNames(shell.config(), shell.env("HOME")).explain(report, plan, asking);
    }

    /** The interrupt has done its work: what is left to write must not stumble over it. */
    private SyncReport ended(SyncReport report) {
        boolean interrupted = Thread.interrupted();
        int signal = shell.signal().getAsInt();
        return signal != 0 && (interrupted || report.interrupted()) ? report.withExit(signal) : report;
    }

    private int tell(SyncReport report, SyncPlan plan) throws IOException {
        if (options.dryRun) {
            shell.out().print(PlanPrinter.preview(report));
        } else if (!options.quiet || report.exit() != 0) {
            Summary.of(report).forEach(shell.out()::println);
        }
        Optional<GitHubActions> actions = GitHubActions.of(shell);
        if (actions.isPresent()) {
            actions.get().show(report, plan);
        }
        if (options.report != null) {
            report.write(options.report);
        }
        if (options.metrics != null) {
            Path file = options.metrics.toAbsolutePath();
            byte[] text = PrometheusText.of(report).getBytes(StandardCharsets.UTF_8);
            new Disk().replace(file, Objects.requireNonNull(file.getParent()), out -> out.write(text));
        }
        return report.exit();
    }

    private Display display() {
        boolean bars = shell.terminal()
                && !options.quiet
                && shell.env("CI").isEmpty()
                && shell.env("NO_COLOR").isEmpty()
                && !shell.env("TERM").equals("dumb");
        Clock clock = Clock.system(ZoneId.systemDefault());
        return bars
                ? new BarDisplay(new Screen(shell.out(), TerminalSize::ask), clock)
                : new LineDisplay(shell.out(), clock);
    }

    private Verbosity verbosity() {
        if (options.quiet) {
            return Verbosity.QUIET;
        }
        if (options.verbose) {
            return Verbosity.VERBOSE;
        }
        return options.dryRun ? Verbosity.PROGRESS : Verbosity.NORMAL; // the preview tells each item at the end
    }

    private static void checkLocale() {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        if (!encoding.equals("UTF-8")) {
            throw new IllegalArgumentException("the locale's encoding is " + encoding
                    + ", so Java cannot write file names that are not ASCII; set LC_ALL=C.UTF-8");
        }
    }
}
