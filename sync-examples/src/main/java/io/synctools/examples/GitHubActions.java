package io.synctools.examples;

import io.synctools.Outcome;
import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.config.Lint;
import io.synctools.config.ListFault;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.report.ItemNames;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** What GitHub Actions shows besides the log: annotations, and the step's summary. */
final class GitHubActions {
    private static final int ANNOTATIONS = 10; // of one level and step, more are not shown
    private static final int ROWS = 200; // of each table: a summary of more than 1 MiB is not shown at all

    private final PrintStream out;
    private final Optional<Path> summary;

    private GitHubActions(PrintStream out, Optional<Path> summary) {
        this.out = out;
        this.summary = summary;
    }

    /** Empty where the environment is not that of GitHub Actions. */
    static Optional<GitHubActions> of(Shell shell) {
        if (!shell.env("GITHUB_ACTIONS").equals("true")) {
            return Optional.empty();
        }
        String file = shell.env("GITHUB_STEP_SUMMARY");
        return Optional.of(
                new GitHubActions(shell.out(), file.isEmpty() ? Optional.empty() : Optional.of(Path.of(file))));
    }

    /** Annotates the places of faults. */
    void show(List<ListFault> faults) {
        List<ListFault> shown = faults.stream().limit(ANNOTATIONS).toList();
        out.print(Lint.print(shown, Lint.Format.GITHUB));
    }

    /** Annotates what is not there, and appends the step's summary. */
    void show(SyncReport report, SyncPlan plan) throws IOException {
        List<Item> missing =
                report.items().stream().filter(item -> !item.well()).toList();
        ItemNames names = new ItemNames(report.items());
        missing.stream()
                .limit(ANNOTATIONS)
                .forEach(item -> out.println("::error " + place(item, plan) + "title="
                        + property(report.flow() + ": " + names.of(item) + " is not there")
                        + "::"
                        + data(Summary.text(item))));
        if (summary.isPresent()) {
            Files.writeString(
                    summary.get(),
                    markdown(report, missing),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    /** Where the lists declare it, as annotations name a place. */
    private static String place(Item item, SyncPlan plan) {
        return plan.items().stream()
                .filter(declared -> declared.from().text().equals(item.from())
                        && declared.to().text().equals(item.to()))
                .map(SyncItem::declaredAt)
                .filter(place -> !place.file().isEmpty())
                .findFirst()
                .map(place -> "file=" + property(place.file()) + ",line=" + place.line() + ",")
                .orElse("");
    }

    private static String markdown(SyncReport report, List<Item> missing) {
        ItemNames names = new ItemNames(report.items());
        StringBuilder text = new StringBuilder("### " + report.flow() + "\n\n");
        if (!missing.isEmpty()) {
            text.append("| not there | declared at | why | trying again |\n|---|---|---|---|\n");
            missing.stream().limit(ROWS).forEach(item -> missing(text, names.of(item), item));
            more(text, missing.size());
        }
        List<Item> changed = report.items().stream()
                .filter(item -> item.outcome() == Outcome.COPIED || item.outcome() == Outcome.WOULD_COPY)
                .toList();
        if (!changed.isEmpty()) {
            text.append("<details><summary>")
                    .append(changed.size())
                    .append(report.dryRun() ? " to copy" : " copied")
                    .append("</summary>\n\n| item | received | seconds | host |\n|---|---:|---:|---|\n");
            changed.stream().limit(ROWS).forEach(item -> changed(text, names.of(item), item));
            more(text, changed.size());
            text.append("</details>\n\n");
        }
        List<String> lines = Summary.of(report);
        return text.append(lines.get(lines.size() - 1)).append("\n\n").toString();
    }

    private static void missing(StringBuilder text, String name, Item item) {
        List<Failure> failures = item.failures();
        text.append("| ").append(cell(name));
        text.append(" | ").append(cell(item.declaredAt()));
        text.append(" | ").append(cell(Summary.text(item)));
        text.append(" | ").append(failures.stream().allMatch(Failure::retryable) ? "may help" : "will not help");
        text.append(" |\n");
    }

    private static void changed(StringBuilder text, String name, Item item) {
        text.append("| ").append(cell(name));
        text.append(" | ")
                .append(item.bytes()
                        .map(bytes -> PlanPrinter.size(bytes.transferred()))
                        .orElse(""));
        text.append(" | ").append(Math.round(item.seconds()));
        text.append(" | ").append(cell(item.host())).append(" |\n");
    }

    private static void more(StringBuilder text, int rows) {
        if (rows > ROWS) {
            text.append("\nand ").append(rows - ROWS).append(" more, in the report\n");
        }
        text.append('\n');
    }

    private static String cell(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace("|", "\\|")
                .replaceAll("\\s+", " ");
    }

    private static String data(String text) {
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }
}
