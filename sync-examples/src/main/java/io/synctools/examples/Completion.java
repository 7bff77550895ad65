package io.synctools.examples;

import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** Prints what completes our words in a shell: {@code eval "$(./sync completion bash)"}. */
@Command
final class Completion {

    /** Shells that read the same script. */
    enum ForShell {
        /** Bash. */
        BASH,
        /** Zsh, by its bashcompinit, which the script loads. */
        ZSH
    }

    private final Shell shell;

    @Parameters(paramLabel = "bash|zsh", description = "the shell that will read it")
    @SuppressWarnings({"NullAway.Init", "UnusedVariable"})
    private ForShell wanted;

    Completion(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) {
        Parsing parsing = parsing("completion", this);
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        CommandLine sync = new CommandLine(CommandSpec.create().name("sync"));
        for (Flows.Named flow : Flows.ALL) {
            Parsing words = parsing(flow.name(), new FlowRun(shell, flow.name(), flow.flow()));
            add(sync, flow.name(), words.only(flow::understands));
        }
        add(sync, "quickstart", parsing("quickstart", new Quickstart(shell)));
        add(sync, "hub", parsing("hub", new HubTool(shell)));
        add(sync, "lint", parsing("lint", new LintTool(shell)));
        CommandSpec plan = CommandSpec.create();
        Flows.ALL.forEach(flow -> plan.addSubcommand(flow.name(), CommandSpec.create()));
        sync.addSubcommand("plan", plan);
        add(sync, "addresses", parsing("addresses", new AddressesTool(shell)));
        add(sync, "status", parsing("status", new StatusTool(shell)));
        add(sync, "verify", parsing("verify", new VerifyTool(shell)));
        add(sync, "prune", parsing("prune", new PruneTool(shell)));
        add(sync, "report", parsing("report", new ReportTool(shell)));
        add(sync, "notify", parsing("notify", new NotifyTool(shell)));
        add(sync, "descriptions", parsing("descriptions", new DescriptionsTool(shell)));
        add(sync, "bench", parsing("bench", new BenchTool(shell)));
        add(sync, "completion", parsing("completion", this));
        sync.addSubcommand("test", CommandSpec.create());
        shell.out().print(AutoComplete.bash("sync", sync));
        shell.out().println("complete -F _complete_sync -o default ./sync");
        return 0;
    }

    private Parsing parsing(String name, Object command) {
        return new Parsing(name, command, shell.env("HOME"));
    }

    private static void add(CommandLine sync, String name, Parsing words) {
        sync.addSubcommand(name, words.spec());
    }
}
