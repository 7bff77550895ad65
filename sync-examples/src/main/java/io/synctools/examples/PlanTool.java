package io.synctools.examples;

import java.io.IOException;
import java.util.List;

/** Prints what a flow declares, or which projects are to be mirrored where. */
final class PlanTool {
    private final Shell shell;

    PlanTool(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) throws IOException, InterruptedException {
        String name = arguments.isEmpty() ? "" : arguments.get(0);
        boolean projects =
                arguments.stream().anyMatch(word -> word.equals("--projects") || word.startsWith("--projects="));
        if (name.startsWith("-") && projects) {
            return new ProjectsPlan(shell).run(arguments);
        }
        if (name.isEmpty() || name.startsWith("-")) {
            throw new IllegalArgumentException(
                    "plan needs the name of a flow first, or --projects DIR\nSee ./sync --help for their names");
        }
        return new FlowPlan(shell, name).run(arguments.subList(1, arguments.size()));
    }
}
