package io.synctools.examples;

import io.synctools.PlanException;
import io.synctools.config.ListFault;
import io.synctools.internal.text.Printable;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the flow or the tool that the first argument names. */
public final class Launch {
    private static final Pattern ITEM = Pattern.compile("^[a-z-]+:\\S+: "); // whose fault it is

    private Launch() {}

    /** Runs what the arguments say and exits with its status. */
    public static void main(String[] args) {
        process(shell -> run(shell, List.of(args)));
    }

    /** Runs one flow with its options and exits with its status. */
    static void flow(String name, Flow flow, String[] args) {
        process(shell -> new FlowRun(shell, name, flow).run(List.of(args)));
    }

    private interface Command {
        int run(Shell shell) throws IOException, InterruptedException;
    }

    private static void process(Command command) {
        System.setProperty(
                "slf4j.internal.verbosity", "ERROR"); // what we print is for people and shells, libraries log to nobody
        int status;
        try (Signals signals = new Signals(Thread.currentThread())) {
            status = attempt(command, Shell.ofProcess(signals::status));
        }
        System.exit(status);
    }

    private static int attempt(Command command, Shell shell) {
        try {
            return command.run(shell);
        } catch (PlanException e) {
            if (shell.signal().getAsInt() != 0) { // it reached a program that we had asked as well
                return shell.signal().getAsInt();
            }
            List<ListFault> faults =
                    once(e.faults().stream().map(OptionNames::written).toList(), shell);
            GitHubActions.of(shell).ifPresent(actions -> actions.show(faults));
            return 2;
        } catch (IllegalArgumentException e) {
            shell.err().println("sync: " + OptionNames.written(String.valueOf(e.getMessage())));
            return 2;
        } catch (SyncException e) {
            shell.err().println("sync: " + OptionNames.written(String.valueOf(e.getMessage())));
            return 1;
        } catch (InterruptedException e) {
            return Math.max(1, shell.signal().getAsInt());
        } catch (AccessDeniedException e) {
            shell.err()
                    .println("sync: " + Printable.name(e.getFile())
                            + ": permission denied; give this user the right to look there, or name other roots");
            return 1;
        } catch (IOException e) {
            shell.err().println("sync: " + e);
            return 1;
        }
    }

    /** Prints faults, those that many items have in common once; they are not of the items, but of what all need. */
    private static List<ListFault> once(List<ListFault> faults, Shell shell) {
        Map<String, List<ListFault>> alike = faults.stream()
                .collect(Collectors.groupingBy(
                        fault -> ITEM.matcher(fault.message()).replaceFirst(""),
                        LinkedHashMap::new,
                        Collectors.toList()));
        List<ListFault> first = new ArrayList<>();
        alike.values().forEach(group -> {
            boolean shared = ITEM.matcher(group.get(0).message()).lookingAt();
            List<ListFault> told = shared ? group.subList(0, 1) : group;
            told.forEach(shell.err()::println);
            if (group.size() > told.size()) {
                int more = group.size() - 1;
                shell.err().println("  the same for " + more + (more == 1 ? " item more" : " items more"));
            }
            first.addAll(told);
        });
        return first;
    }

    /** Runs what the arguments say. */
    static int run(Shell shell, List<String> arguments) {
        return attempt(
                found -> {
                    String name = arguments.isEmpty() ? "--help" : arguments.get(0);
                    List<String> rest = arguments.isEmpty() ? arguments : arguments.subList(1, arguments.size());
                    if (List.of("--help", "-h", "help").contains(name)) {
                        shell.out().print(help());
                        return 0;
                    }
                    if (List.of("--version", "-V").contains(name)) {
                        shell.out().println(io.synctools.model.Version.TOOL);
                        return 0;
                    }
                    if (name.equals(Tools.WARM_UP)) {
                        return new WarmUp(shell).run();
                    }
                    for (Flows.Named flow : Flows.ALL) {
                        if (flow.name().equals(name)) {
                            return new FlowRun(shell, name, flow.flow()).run(rest);
                        }
                    }
                    for (Tools.Named tool : Tools.ALL) {
                        if (tool.name().equals(name)) {
                            return tool.tool().run(shell, rest);
                        }
                    }
                    throw new IllegalArgumentException(
                            "there is no flow or tool \"" + name + "\"" + hint(name) + "\nSee ./sync --help");
                },
                shell);
    }

    /** Flows and tools, one line each. */
    static String help() {
        StringBuilder text = new StringBuilder("""
                Mirrors AI models, datasets and container images.

                usage: ./sync FLOW|TOOL [options]     (with --help: its options)

                flows, for example  ./sync vllm-guiyang003 --dry-run
                """);
        Flows.ALL.forEach(flow -> line(text, flow.name(), flow.about()));
        for (Tools.Task task : Tools.Task.values()) {
            text.append('\n').append(task.words()).append('\n');
            Tools.ALL.stream().filter(tool -> tool.task() == task).forEach(tool -> {
                text.append(String.format(Locale.ROOT, "  %-14s%s%n", tool.name(), tool.about()));
                text.append(String.format(Locale.ROOT, "  %-14s%s%n", "", tool.example()));
            });
        }
        text.append(String.format(Locale.ROOT, "  %-14s%s%n", "test", "set-up, and the whole build with all tests"));
        text.append(String.format(Locale.ROOT, "  %-14s%s%n", "", "./sync test"));
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String about) {
        text.append(String.format(Locale.ROOT, "  %-36s%s%n", name, about));
    }

    /** The flow or tool that a mistyped name may mean. */
    private static String hint(String name) {
        return Parsing.hint(
                name,
                Stream.concat(
                                Flows.ALL.stream().map(Flows.Named::name),
                                Tools.ALL.stream().map(Tools.Named::name))
                        .toList());
    }
}
