package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.synctools.Activity;
import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Entries;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.report.Notification;
import io.synctools.report.Robot;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image that goes to two places is named with the place, wherever it is named. */
class ImageNamesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String SOURCE = "quay.io/ascend/cann";
    private static final Failure FAILURE = new Failure("v1", FailureKind.ACCESS, "403 from there", false);

    @TempDir
    Path folder;

    private static SyncItem declared(String from, String to) {
        return SyncItem.of(ArtifactRef.of("docker", from), ArtifactRef.of("docker", to));
    }

    private static Item item(String from, String to, Outcome outcome, Failure... failures) {
        return new Item(
                "docker:" + from,
                "docker:" + to,
                Optional.empty(),
                "images.json:2",
                Optional.empty(),
                "quay.io",
                outcome,
                new Entries(1, 0, 0, failures.length),
                Optional.empty(),
                2,
                1,
                List.of(failures),
                List.of(),
                Optional.empty());
    }

    private static SyncReport report() {
        return new SyncReport(
                "sync-tools 0.1.0",
                "images",
                1,
                NOW,
                NOW,
                false,
                "0/1",
                List.of(
                        item(SOURCE, "a.com/m/cann", Outcome.FAILED, FAILURE),
                        item(SOURCE, "b.com/m/cann", Outcome.COPIED),
                        item("quay.io/ascend/verl", "a.com/m/verl", Outcome.FAILED, FAILURE)));
    }

    @Test
    void whileItRuns() {
        List<String> lines = new ArrayList<>();
        List<Supplier<ProgressText>> standings = new ArrayList<>();
        ConsoleListener listener = new ConsoleListener(
                new Display() {
                    @Override
                    public void start(Supplier<ProgressText> standing) {
                        standings.add(standing);
                    }

                    @Override
                    public void line(String text) {
                        lines.add(text);
                    }

                    @Override
                    public void close() {}
                },
                ConsoleListener.Verbosity.VERBOSE);
        SyncItem first = declared(SOURCE, "a.com/m/cann");
        SyncItem alone = declared("quay.io/ascend/verl", "a.com/m/verl");
        SyncPlan plan = SyncPlan.of("images", List.of(first, declared(SOURCE, "b.com/m/cann"), alone));
        Activity.Transfer transfer = new Activity.Transfer(first, Entry.tag("v1"), 0);
        Activity busy = new Activity(3, 0, 1, 0, 0, 0, 0, List.of(transfer), Map.of());
        listener.runStarted(plan, () -> busy);
        listener.itemChecked(first, 3, 1, 0);
        listener.entryFailed(first, FAILURE);
        listener.entryPulled(alone, Entry.tag("v1"));
        assertEquals(
                List.of(
                        "images: 3 items",
                        "quay.io/ascend/cann -> a.com/m/cann: 1 of 3 to fetch",
                        "quay.io/ascend/cann -> a.com/m/cann: v1: ACCESS: 403 from there",
                        "ascend/verl: v1 is here"),
                lines);
        String beat = Heartbeat.text(standings.get(0).get(), new Speed());
        assertTrue(beat.endsWith("active: quay.io/ascend/cann -> a.com/m/cann"), beat);
    }

    @Test
    void inTheSummaryInMessagesAndOnThePage() throws IOException {
        String named = "docker:quay.io/ascend/cann -> docker:a.com/m/cann";
        String summary = String.join("\n", Summary.of(report()));
        assertTrue(summary.contains("  " + named + "  (images.json:2)"), summary);
        assertTrue(summary.contains("  docker:quay.io/ascend/verl  (images.json:2)"), summary);

        Notification told = Notification.of(report(), Optional.empty(), "").orElseThrow();
        assertEquals(named + ": ACCESS, 403 from there", told.lines().get(0));
        String body = Robot.GENERIC
                .message(URI.create("https://hook.example.com/"), told, "", Instant.EPOCH)
                .body();
        assertEquals(
                named,
                new ObjectMapper()
                        .readTree(body)
                        .path("failed")
                        .get(0)
                        .path("item")
                        .asText());

        Path reports = Files.createDirectory(folder.resolve("reports"));
        report().write(reports.resolve("one.json"));
        Console console = new Console(folder);
        Path page = folder.resolve("page.html");
        assertEquals(0, console.run("report", reports.toString(), "--html", page.toString()), console::err);
        String shown = Files.readString(page).replaceAll("<wbr>|</?span[^>]*>", "");
        assertEquals(2, shown.split(Pattern.quote("docker:quay.io/ascend/cann -&gt; docker:a.com"), -1).length - 1);
        assertEquals(1, shown.split(Pattern.quote("docker:quay.io/ascend/cann -&gt; docker:b.com"), -1).length - 1);
    }

    @Test
    void inWhatActionsShows() throws IOException {
        Path summary = folder.resolve("summary.md");
        Console console =
                new Console(folder).with("GITHUB_ACTIONS", "true").with("GITHUB_STEP_SUMMARY", summary.toString());
        GitHubActions.of(console.shell()).orElseThrow().show(report(), SyncPlan.of("images", List.of()));
        assertTrue(
                console.out().contains("docker%3Aquay.io/ascend/cann -> docker%3Aa.com/m/cann is not there"),
                console::out);
        String rows = Files.readString(summary);
        assertTrue(rows.contains("docker:quay.io/ascend/cann -> docker:b.com/m/cann"), rows);
    }
}
