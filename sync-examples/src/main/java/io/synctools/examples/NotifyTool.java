package io.synctools.examples;

import io.synctools.SyncReport;
import io.synctools.file.Disk;
import io.synctools.internal.text.Printable;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.report.Notification;
import io.synctools.report.Robot;
import io.synctools.report.WebHook;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Tells a chat robot or a web hook how a run ended. Whatever happens, its exit status is 0: it is never the failure.
 *
 * <p>{@code SYNC_NOTIFY_URL} says where, {@code SYNC_NOTIFY_SECRET} signs (DingTalk, Feishu), and {@code SYNC_NOTIFY_KIND}
 * names the kind of robot where its host does not, as behind a relay.
 */
@Command
final class NotifyTool {
    private final Shell shell;

    @Option(names = "--report", required = true, paramLabel = "FILE", description = "the run's report")
    @SuppressWarnings("NullAway.Init")
    private Path report;

    @Option(
            names = "--previous",
            paramLabel = "FILE",
            description = "the report of the run before: only a change between well and failing is told;"
                    + " replaced by the run's report once that is told or needs no telling")
    private @Nullable Path previous;

    NotifyTool(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) throws IOException, InterruptedException {
        Parsing parsing = new Parsing("notify", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        String address = shell.env("SYNC_NOTIFY_URL");
        if (address.isEmpty()) {
            shell.out().println("SYNC_NOTIFY_URL is not set; nobody is told");
            keep();
            return 0;
        }
        try {
            Optional<Notification> notification = Notification.of(read(report), before(), page());
            if (notification.isEmpty()) {
                shell.out().println("nothing new to tell");
            } else {
                send(address(address), notification.get());
            }
        } catch (IOException | IllegalArgumentException | SyncException e) {
            shell.out().println("warning: the notification was not sent: " + hidden(String.valueOf(e.getMessage())));
            return 0; // the run before stays the one to compare with, so that the next run tells what this one could
            // not
        }
        keep();
        return 0;
    }

    private Optional<SyncReport> before() {
        if (previous == null || !Files.exists(previous)) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(previous));
        } catch (IOException e) {
            shell.out().println("warning: the run before is not known: " + hidden(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /** Makes this run the one that the next is compared with; where it left no report, by an empty file. */
    private void keep() {
        if (previous == null) {
            return;
        }
        try {
            byte[] content = Files.exists(report) ? Files.readAllBytes(report) : new byte[0];
            Path file = previous.toAbsolutePath();
            new Disk().replace(file, Objects.requireNonNull(file.getParent()), out -> out.write(content));
        } catch (IOException e) {
            shell.out()
                    .println("warning: " + previous
                            + " was not replaced, so the next run is compared with an older one: "
                            + hidden(String.valueOf(e.getMessage())));
        }
    }

    private static URI address(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("SYNC_NOTIFY_URL is not an address", e);
        }
    }

    /** A run without a report failed, too; an empty file stands for one of an earlier run. */
    private static SyncReport read(Path file) throws IOException {
        if (Files.exists(file) && Files.size(file) > 0) {
            return SyncReport.read(file);
        }
        String name = String.valueOf(file.getFileName());
        return Notification.lost(name.replaceFirst("\\.json$", ""), Instant.now());
    }

    private void send(URI address, Notification notification) throws IOException, InterruptedException {
        String kind = shell.env("SYNC_NOTIFY_KIND");
        Robot robot = kind.isEmpty() ? Robot.at(address) : Robot.named(kind);
        WebHook hook = hook(address, robot, shell.env("SYNC_NOTIFY_SECRET"));
        SyncOptions options = SyncOptions.builder()
                .environment(shell.environment())
                .retryFor(Duration.ofSeconds(30))
                .build();
        try (RunContext context = RunContext.of(options)) {
            hook.send(notification, context);
        }
        shell.out().println("told " + hook.host() + ": " + notification.title());
    }

    private static WebHook hook(URI address, Robot robot, String secret) {
        try {
            return new WebHook(address, robot, secret);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("SYNC_NOTIFY_URL is not an http or https address", e);
        }
    }

    /** A message without what may be secret in it: the address with its parts, and the secret; on one line. */
    private String hidden(String message) {
        String address = shell.env("SYNC_NOTIFY_URL");
        String text = message.replace(address, "SYNC_NOTIFY_URL");
        for (String part : (address.replaceFirst("^\\w+://[^/?]*", "") + "&" + shell.env("SYNC_NOTIFY_SECRET"))
                .split("[/?&=]", -1)) {
            text = part.length() < 6 ? text : text.replace(part, "…");
        }
        return Printable.words(text, 500);
    }

    private String page() {
        String run = shell.env("GITHUB_RUN_ID");
        return run.isEmpty()
                ? ""
                : shell.env("GITHUB_SERVER_URL") + "/" + shell.env("GITHUB_REPOSITORY") + "/actions/runs/" + run;
    }
}
