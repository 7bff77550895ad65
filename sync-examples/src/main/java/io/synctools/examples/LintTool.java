package io.synctools.examples;

import io.synctools.config.Destinations;
import io.synctools.config.Lint;
import io.synctools.config.ListFault;
import io.synctools.config.ListFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds the faults of lists; contacts nobody. */
@Command
final class LintTool {
    private final Shell shell;

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "lists of any kind (default: all shipped ones)")
    private List<Path> files = List.of();

    @Option(
            names = "--format",
            paramLabel = "text|github|json",
            defaultValue = "text",
            description = "how faults are written (default: ${DEFAULT-VALUE})")
    private Lint.Format format = Lint.Format.TEXT;

    LintTool(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) throws IOException {
        Parsing parsing = new Parsing("lint", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        List<ListFile> lists = files.isEmpty() ? Lint.readFolder(shell.config()) : Lint.read(files);
        List<ListFault> faults = new Lint(Destinations.standard(
                        Optional.ofNullable(shell.environment().get("HOME"))))
                .check(lists);
        shell.out().print(Lint.print(faults, format));
        return faults.stream().anyMatch(ListFault::error) ? 2 : 0;
    }
}
