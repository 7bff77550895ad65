package io.synctools.examples;

import io.synctools.examples.bench.Bench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures us beside what people would use instead. */
@Command
final class BenchTool {
    private static final String BEGIN = "<!-- bench: from here -->\n";
    private static final String END = "<!-- bench: to here -->\n";

    private final Shell shell;

    @Parameters(paramLabel = "CASE", arity = "0..*", description = "the cases to run (default: all)")
    private List<String> cases = List.of();

    @Option(names = "--runs", paramLabel = "N", defaultValue = "5", description = "rounds that count (default: 5)")
    private int runs;

    @Option(
            names = "--python",
            paramLabel = "PATH",
            description = "a Python that has huggingface_hub, modelscope, or both; they are measured, too")
    private @Nullable Path python;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "write the results as JSON after each case; with CASE, those of other cases in it stay")
    private @Nullable Path json;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "write the tables; where the file marks their place, only that is replaced")
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
        Writable.checkFile("--json", json);
        Writable.checkFile("--markdown", markdown);
        Bench.Options options = new Bench.Options(cases, runs, Optional.ofNullable(python), Optional.ofNullable(json));
        Bench.Result result = Bench.run(root.resolve("sync"), root.resolve("target/bench"), options, shell.out());
        shell.out().println();
        shell.out().print(result.markdown());
        result.missed().forEach(goal -> shell.out().println("missed: " + goal));
        if (markdown != null) {
            Files.writeString(markdown, placed(markdown, result.markdown()));
        }
        return result.well() ? 0 : 1;
    }

    /** The file's text with the tables where it marks their place; only the tables where there is no such file. */
    static String placed(Path file, String tables) throws IOException {
        String text = Files.exists(file) ? Files.readString(file) : "";
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        return begin < 0 || end < begin
                ? tables
                : text.substring(0, begin + BEGIN.length()) + "\n" + tables + "\n" + text.substring(end);
    }
}
