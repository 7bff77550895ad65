package io.synctools.examples;

import java.io.IOException;
import java.util.List;

/** Prints what a flow declares. */
final class PlanTool {
    private final Shell shell;

    PlanTool(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) throws IOException {
        String name = arguments.isEmpty() ? "" : arguments.get(0);
        if (name.isEmpty() || name.startsWith("-")) {
            throw new IllegalArgumentException(
                    "plan needs the name of a flow first\nSee ./sync --help for their names");
        }
        return FlowRun.of(shell, name).print(arguments.subList(1, arguments.size()));
    }
}
