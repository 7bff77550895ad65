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
        for (Flows.Named flow : Flows.ALL) {
            if (flow.name().equals(name)) {
                return new FlowRun(shell, name, flow.flow()).print(arguments.subList(1, arguments.size()));
            }
        }
        throw new IllegalArgumentException(
                "plan needs the name of a flow, not \"" + name + "\"\nSee ./sync --help for their names");
    }
}
