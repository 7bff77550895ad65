package io.synctools.report;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Bytes;
import io.synctools.SyncReport.Entries;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.model.FailureKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reports for tests. */
final class Reports {
    static final Instant BEGIN = Instant.parse("2026-03-01T10:00:00Z");

    private Reports() {}

    static String page(List<SyncReport> reports, Instant now) {
        return ReportPage.of(new KeptReports(reports, List.of(), List.of()), now);
    }

    static Item there(String name) {
        return item(name, Outcome.COPIED, List.of());
    }

    static Item failed(String name, String message) {
        return item(name, Outcome.FAILED, List.of(new Failure("a.bin", FailureKind.CHECKSUM, message, true)));
    }

    /** The hub could not even be asked what there is. */
    static Item unanswered(String name, FailureKind kind) {
        return unanswered(name, kind, "master");
    }

    /** The hub told which commit there is, and then nothing more. */
    static Item unanswered(String name, FailureKind kind, String revision) {
        Failure failure = new Failure("", kind, "the hub does not answer", true);
        return item(name, revision, Outcome.FAILED, new Entries(0, 0, 0, 0), List.of(failure));
    }

    /** A rule for images, of which some tags were copied and others failed. */
    static Item image(int copied, List<String> failed) {
        return new Item(
                "docker:quay.io/ascend/cann",
                "docker:swr.cn-east-4.myhuaweicloud.com/base/cann",
                Optional.empty(),
                "images.json:2",
                Optional.empty(),
                "quay.io",
                failed.isEmpty() ? Outcome.COPIED : Outcome.FAILED,
                new Entries(copied + failed.size(), 0, copied, failed.size()),
                Optional.empty(),
                7,
                1,
                failed.stream()
                        .map(tag -> new Failure(tag, FailureKind.NOT_FOUND, "gone", false))
                        .toList(),
                List.of(),
                Optional.empty());
    }

    static Item held(String name) {
        return item(name, Outcome.HELD_BY_ANOTHER, List.of());
    }

    private static Item item(String name, Outcome outcome, List<Failure> failures) {
        return item(name, "master", outcome, new Entries(3, 0, 3, failures.size()), failures);
    }

    private static Item item(String name, String revision, Outcome outcome, Entries entries, List<Failure> failures) {
        return new Item(
                "modelscope:models/" + name,
                "modelscope-cache:models/" + name,
                Optional.of("models/" + name),
                "list.ini:1",
                Optional.of(revision),
                "hub",
                outcome,
                entries,
                Optional.of(new Bytes(1000, 1000, 0, 700)),
                4,
                1.5,
                failures,
                List.of(),
                Optional.empty());
    }

    /** The same item of a declared revision. */
    static Item at(String revision, Item item) {
        return new Item(
                item.from(),
                item.to(),
                item.path(),
                item.declaredAt(),
                item.revision(),
                item.host(),
                item.outcome(),
                item.entries(),
                item.bytes(),
                item.requests(),
                item.seconds(),
                item.failures(),
                item.notes(),
                Optional.of(revision));
    }

    static SyncReport of(String flow, String shard, int hour, Item... items) {
        return on(Optional.empty(), flow, shard, hour, items);
    }

    static SyncReport on(Optional<String> runner, String flow, String shard, int hour, Item... items) {
        boolean well = List.of(items).stream().allMatch(Item::well);
        Instant started = BEGIN.plusSeconds(3600L * hour);
        return new SyncReport(
                "sync-tools 0",
                flow,
                well ? 0 : 1,
                started,
                started.plusSeconds(60),
                false,
                shard,
                runner,
                List.of(items));
    }
}
