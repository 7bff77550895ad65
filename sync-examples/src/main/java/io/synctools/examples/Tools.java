package io.synctools.examples;

import java.util.List;

/** All tools, by task, in the order in which the help lists them. */
final class Tools {

    /** What somebody is about to do. */
    enum Task {
        /** To see it work. */
        TRY("to try it"),
        /** To look at lists. */
        BEFORE("before a run"),
        /** To look at what is there. */
        AFTER("what is there"),
        /** To tell others. */
        REPORT("reports"),
        /** To work on it, or with it all day. */
        DEVELOP("for your shell, and for who works on it");

        private final String words;

        Task(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /**
     * A tool as the help lists it.
     *
     * @param task for what
     * @param name what the command line calls it
     * @param about one line
     * @param example a command
     * @param tool what it does
     */
    record Named(Task task, String name, String about, String example, Tool tool) {}

    static final List<Named> ALL = List.of(
            new Named(
                    Task.TRY,
                    "quickstart",
                    "the main job on small stand-ins; no accounts, no internet",
                    "./sync quickstart --fresh",
                    (shell, arguments) -> new Quickstart(shell).run(arguments)),
            new Named(
                    Task.TRY,
                    "hub",
                    "serves a folder of repositories as both hubs do, to try things",
                    "./sync hub target/quickstart/hub --port 8080",
                    (shell, arguments) -> new HubTool(shell).run(arguments)),
            new Named(
                    Task.BEFORE,
                    "lint",
                    "all faults of lists; --online asks hubs; --migrate: old lists",
                    "./sync lint my-models.json --online",
                    (shell, arguments) -> new LintTool(shell).run(arguments)),
            new Named(
                    Task.BEFORE,
                    "plan",
                    "what a flow declares; in shares; or which project goes where",
                    "./sync plan vllm-guiyang003 --matrix 4",
                    (shell, arguments) -> new PlanTool(shell).run(arguments)),
            new Named(
                    Task.BEFORE,
                    "addresses",
                    "which image is found where, as a page in Markdown",
                    "./sync addresses --images my-images.json",
                    (shell, arguments) -> new AddressesTool(shell).run(arguments)),
            new Named(
                    Task.AFTER,
                    "status",
                    "who works on what, what is half-fetched or published, sizes",
                    "./sync status --modelscope-cache /mnt/models/modelscope",
                    (shell, arguments) -> new StatusTool(shell).run(arguments)),
            new Named(
                    Task.AFTER,
                    "verify",
                    "compares what was mirrored with its proofs, without network",
                    "./sync verify --local-root /mnt/models --report verify.json",
                    (shell, arguments) -> new VerifyTool(shell).run(arguments)),
            new Named(
                    Task.AFTER,
                    "prune",
                    "what no list declares; --apply removes it",
                    "./sync prune --keep-declared my-models.json --local-root /models",
                    (shell, arguments) -> new PruneTool(shell).run(arguments)),
            new Named(
                    Task.AFTER,
                    "serve",
                    "a read-only hub over what was mirrored, for other machines",
                    "./sync serve --huggingface-cache /mnt/hub --port 8080",
                    (shell, arguments) -> new ServeTool(shell).run(arguments)),
            new Named(
                    Task.REPORT,
                    "report",
                    "a page or JUnit from kept reports; one report of all shares",
                    "./sync report reports --html mirrors.html --junit junit.xml",
                    (shell, arguments) -> new ReportTool(shell).run(arguments)),
            new Named(
                    Task.REPORT,
                    "notify",
                    "tells a chat robot or web hook at $SYNC_NOTIFY_URL",
                    "./sync notify --report report.json --previous last.json",
                    (shell, arguments) -> new NotifyTool(shell).run(arguments)),
            new Named(
                    Task.REPORT,
                    "descriptions",
                    "README texts to Docker Hub's and Quay's pages",
                    "./sync descriptions --list descriptions.json --dry-run",
                    (shell, arguments) -> new DescriptionsTool(shell).run(arguments)),
            new Named(
                    Task.DEVELOP,
                    "bench",
                    "us beside curl, aria2c and the hubs' clients, as ratios",
                    "./sync bench help",
                    (shell, arguments) -> new BenchTool(shell).run(arguments)),
            new Named(
                    Task.DEVELOP,
                    "completion",
                    "completes flows, tools and options in bash and zsh",
                    "eval \"$(./sync completion bash)\"",
                    (shell, arguments) -> new Completion(shell).run(arguments)));

    /** What the launcher runs once after a build; nobody else. */
    static final String WARM_UP = "warm-up";

    private Tools() {}
}
