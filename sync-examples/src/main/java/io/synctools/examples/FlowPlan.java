package io.synctools.examples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.synctools.PlanPrinter;
import io.synctools.Shares;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.internal.json.Json;
import io.synctools.model.SyncPlan;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what a flow declares, or divides it among machines. Used once, by one thread. */
@Command
final class FlowPlan {
    private final Shell shell;
    private final String name;
    private final Flow flow;

    @Mixin
    private final FlowOptions options = new FlowOptions();

    @Option(
            names = "--matrix",
            paramLabel = "N",
            description = "N shares of about the same size as JSON, each for one --shard; asks the hubs for sizes")
    private @Nullable Count matrix;

    FlowPlan(Shell shell, String name) {
        this.shell = shell;
        this.name = name;
        this.flow = Flows.named(name);
    }

    /** Prints what is declared, and contacts nobody; or with {@code --matrix} the shares. */
    int run(List<String> arguments) {
        Parsing parsing = new Parsing("plan " + name, this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.only(Flows.understoodBy(name)).help());
            return 0;
        }
        options.check();
        if (matrix != null) {
            return divide(matrix.value());
        }
        shell.out().print(PlanPrinter.declared(options.plan(shell, name, flow)));
        return 0;
    }

    private int divide(int count) {
        if (count == 0 || options.lists.shard != null) {
            throw new IllegalArgumentException(
                    count == 0
                            ? "--matrix 0: there must be a share"
                            : "--matrix divides everything; leave --shard out");
        }
        options.lists.shard = Portion.ALL; // whatever the environment says about this process
        SyncPlan plan = options.plan(shell, name, flow);
        SyncReport survey = Syncer.builder()
                .settings(options.settings(shell.environment()))
                .build()
                .survey(plan);
        plan.warnings().forEach(shell.err()::println);
        if (!survey.items().isEmpty()
                && survey.items().stream().allMatch(item -> item.bytes().isEmpty())) {
            shell.err().println(name + ": no list tells the sizes of images; shares are balanced by numbers of tags");
        }
        survey.items().stream().filter(item -> !item.well()).forEach(item -> shell.err()
                .println(item.from() + ": size unknown, counted as the mean of the others: "
                        + OptionNames.written(Summary.text(item))));
        ArrayNode shares = Json.MAPPER.createArrayNode();
        Shares.balanced(plan, survey, count).forEach(share -> shares.add(Portion.json(share)));
        shell.out().println(shares); // on one line, as $GITHUB_OUTPUT wants it
        return survey.exit();
    }
}
