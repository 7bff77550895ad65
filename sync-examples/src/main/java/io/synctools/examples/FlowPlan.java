package io.synctools.examples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.synctools.PlanPrinter;
import io.synctools.Sharding;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.internal.json.Json;
import io.synctools.model.PlannedShard;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what a flow declares, or divides it among machines. Used once, by one thread. */
@Command
final class FlowPlan implements LibraryOptions.Taker {
    private final Shell shell;
    private final String name;
    private final Flow flow;

    @Mixin
    private final FlowOptions options;

    @Option(
            names = "--matrix",
            paramLabel = "N",
            description = "N shares of about the same size as JSON, each for one --shard; asks the hubs for sizes")
    private @Nullable Count matrix;

    FlowPlan(Shell shell, String name) {
        this.shell = shell;
        this.name = name;
        this.flow = Flows.named(name);
        this.options = new FlowOptions(shell.environment());
    }

    @Override
    public LibraryOptions library() {
        return options.library;
    }

    /** Prints what is declared, and contacts nobody; or with {@code --matrix} the shares. */
    int run(List<String> arguments) throws InterruptedException {
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

    private int divide(int count) throws InterruptedException {
        if (count == 0 || options.lists.shard != null) {
            throw new IllegalArgumentException(
                    count == 0
                            ? "--matrix 0: there must be a share"
                            : "--matrix divides everything; leave --shard out");
        }
        options.lists.shard = ShardOption.ALL; // whatever the environment says about this process
        SyncPlan plan = options.plan(shell, name, flow);
        RunContext context = RunContext.of(options.ofShare(shell.environment()));
        plan.warnings().forEach(shell.err()::println);
        if (Flows.isOfImages(name)) {
            ImageSharding images = new ImageSharding(context, shell.err());
            print(images.of(plan, count));
            return images.failed() ? 1 : 0;
        }
        SyncReport survey = Syncer.builder().context(context).build().survey(plan);
        survey.items().stream().filter(item -> !item.well()).forEach(item -> shell.err()
                .println(item.from() + ": size unknown, counted as the mean of the others: "
                        + OptionNames.written(Summary.text(item))));
        print(Sharding.balanced(plan, survey, count));
        return survey.exit();
    }

    private void print(List<PlannedShard> shares) {
        ArrayNode json = Json.MAPPER.createArrayNode();
        shares.forEach(share -> json.add(ShardOption.json(share)));
        shell.out().println(json); // on one line, as $GITHUB_OUTPUT wants it
    }
}
