package io.synctools.examples;

import java.util.List;

/** All tools, in the order in which the help lists them. */
final class Tools {

    /**
     * A tool as the help lists it.
     *
     * @param name what the command line calls it
     * @param about one line; empty for what only developers use
     * @param tool what it does
     */
    record Named(String name, String about, Tool tool) {}

    static final List<Named> ALL = List.of(
            new Named(
                    "quickstart",
                    "the main job on small stand-ins; no accounts, no internet; --fresh starts over",
                    (shell, arguments) -> new Quickstart(shell).run(arguments)),
            new Named(
                    "lint",
                    "[FILE...]: all faults of lists (default: shipped ones); --online asks the hubs",
                    (shell, arguments) -> new LintTool(shell).run(arguments)),
            new Named(
                    "plan",
                    "FLOW: what is declared; --matrix N: in shares; --projects DIR: where to",
                    (shell, arguments) -> new PlanTool(shell).run(arguments)),
            new Named(
                    "report",
                    "DIR --html FILE: a page from reports; merge DIR --report FILE: all shards in one",
                    (shell, arguments) -> new ReportTool(shell).run(arguments)),
            new Named(
                    "notify",
                    "--report FILE: tell a chat robot or web hook at $SYNC_NOTIFY_URL",
                    (shell, arguments) -> new NotifyTool(shell).run(arguments)),
            new Named(
                    "verify",
                    "[FLOW]: compares what was mirrored with its proofs, without network",
                    (shell, arguments) -> new VerifyTool(shell).run(arguments)),
            new Named(
                    "status",
                    "who works on what, what is half-fetched or published, bytes on disk",
                    (shell, arguments) -> new StatusTool(shell).run(arguments)),
            new Named(
                    "prune",
                    "--keep-declared LIST...: removes what no list declares; --apply does it",
                    (shell, arguments) -> new PruneTool(shell).run(arguments)),
            new Named(
                    "bench",
                    "[CASE...]: us beside curl, aria2c and the hubs' clients, as ratios",
                    (shell, arguments) -> new BenchTool(shell).run(arguments)),
            new Named("warm-up", "", (shell, arguments) -> new WarmUp(shell).run()),
            new Named("hub", "", (shell, arguments) -> new HubTool(shell).run(arguments)));

    private Tools() {}
}
