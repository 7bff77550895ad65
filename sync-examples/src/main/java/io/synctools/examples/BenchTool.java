package io.synctools.examples;

import io.synctools.examples.bench.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures us beside what people would use instead. */
@Command
final class BenchTool {
    private final Shell shell;

    @Parameters(paramLabel = "CASE", arity = "0..*", description = "the cases to run (default: all)")
    private List<String> cases = List.of();

    @Option(names = "--runs", paramLabel = "N", defaultValue = "5", description = "rounds that count (default: 5)")
    private int runs;

    @Option(names = "--json", paramLabel = "FILE", description = "write the results as JSON")
    private @Nullable Path json;

    @Option(names = "--markdown", paramLabel = "FILE", description = "write the table that is printed")
    private @Nullable Path markdown;

    BenchTool(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) throws IOException, InterruptedException {
        Parsing parsing = new Parsing("bench", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        if (runs < 1 || runs > 100) {
            throw new IllegalArgumentException("--runs " + runs + ": write a number from 1 to 100");
        }
        Path root = shell.config().toAbsolutePath().resolve("../..").normalize();
        Bench.Result result = Bench.run(root.resolve("sync"), root.resolve("target/bench"), cases, runs, shell.out());
        shell.out().println();
        shell.out().print(result.markdown());
        if (json != null) {
            Files.writeString(json, result.json() + "\n");
        }
        if (markdown != null) {
            Files.writeString(markdown, result.markdown());
        }
        return result.well() ? 0 : 1;
    }
}
