package io.synctools.examples;

import io.synctools.SyncReport;
import io.synctools.report.JUnitXml;
import io.synctools.report.KeptReports;
import io.synctools.report.MergedReport;
import io.synctools.report.ReportPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a page of kept reports, or one report of those of all shares. */
@Command
final class ReportTool {
    private final Shell shell;

    @Parameters(
            paramLabel = "[merge] DIR",
            arity = "1..2",
            description = "a folder of reports, and with merge all folders below it")
    private List<String> words = List.of();

    @Option(names = "--html", paramLabel = "FILE", description = "write a page for people")
    private @Nullable Path html;

    @Option(names = "--junit", paramLabel = "FILE", description = "write what was reported last in JUnit's form")
    private @Nullable Path junit;

    @Option(names = "--report", paramLabel = "FILE", description = "with merge: write the merged report")
    private @Nullable Path report;

    ReportTool(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) throws IOException {
        Parsing parsing = new Parsing("report", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        Writable.checkFile("--html", html);
        Writable.checkFile("--junit", junit);
        Writable.checkFile("--report", report);
        boolean merge = words.get(0).equals("merge");
        if (merge != (words.size() == 2)) {
            throw new IllegalArgumentException(
                    "write ./sync report DIR --html FILE, or ./sync report merge DIR --report FILE");
        }
        Path folder = Path.of(words.get(words.size() - 1));
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(folder + " is not a folder");
        }
        KeptReports kept = KeptReports.read(folder);
        kept.skipped().forEach(why -> shell.out().println("skipped: " + why));
        return merge ? merge(kept.reports()) : show(kept);
    }

    private int merge(List<SyncReport> reports) throws IOException {
        if (report == null) {
            throw new IllegalArgumentException("merge needs --report FILE, where the merged report is to go");
        }
        MergedReport merged = MergedReport.of(reports);
        merged.report().write(report);
        merged.missing().forEach(shard -> shell.out().println("there is no report of shard " + shard));
        Summary.of(merged.report()).forEach(shell.out()::println);
        return merged.report().exit();
    }

    private int show(KeptReports kept) throws IOException {
        List<SyncReport> reports = kept.reports();
        if (html == null && junit == null) {
            throw new IllegalArgumentException("say what to write: --html FILE or --junit FILE");
        }
        if (junit != null && reports.stream().allMatch(SyncReport::dryRun)) {
            throw new IllegalArgumentException(
                    "there is no report of a run, and --junit would show that nothing failed");
        }
        if (html != null) {
            if (reports.isEmpty() && kept.verifications().isEmpty()) {
                throw new IllegalArgumentException("there is no report from which to make a page");
            }
            Files.writeString(html, ReportPage.of(kept, Instant.now()));
            int verified = kept.verifications().size();
            shell.out()
                    .println("wrote " + html + " from " + count(reports)
                            + (verified == 0
                                    ? ""
                                    : " and " + verified + (verified == 1 ? " verification" : " verifications")));
        }
        if (junit != null) {
            Files.writeString(junit, JUnitXml.of(reports));
            shell.out().println("wrote " + junit + " from " + count(reports));
        }
        return 0;
    }

    private static String count(List<SyncReport> reports) {
        return reports.size() + (reports.size() == 1 ? " report" : " reports");
    }
}
