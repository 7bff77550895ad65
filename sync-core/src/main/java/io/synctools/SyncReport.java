package io.synctools;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.synctools.file.Disk;
import io.synctools.internal.json.Json;
import io.synctools.model.FailureKind;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What a run did, item by item in the order of the list: a value with a JSON form, whose schema is the resource {@code
 * io/synctools/report.schema.json}.
 *
 * <p>Immutable and thread-safe.
 *
 * @param tool name and version of what wrote it
 * @param flow the flow's name
 * @param exit the process's exit code: 0 all is there, 1 something is not, 130 or 143 interrupted
 * @param started when the run began, in whole milliseconds
 * @param finished when it ended, in whole milliseconds
 * @param dryRun whether nothing was to be written
 * @param shard {@code I/N}, the share of the items that was this run's
 * @param runner the machine that ran it, by the name that people know it by; empty where nobody said
 * @param only the globs that chose the items of a run of a part; empty where the run was of all that is declared
 * @param items one for each item of the plan, in its order
 */
public record SyncReport(
        String tool,
        String flow,
        int exit,
        Instant started,
        Instant finished,
        boolean dryRun,
        String shard,
        Optional<String> runner,
        List<String> only,
        List<Item> items) {

    /** Version of the JSON form. */
    public static final int VERSION = 1;

    public SyncReport {
        started = started.truncatedTo(
                ChronoUnit.MILLIS); // as the JSON form has them: what is read equals what was written
        finished = finished.truncatedTo(ChronoUnit.MILLIS);
        only = List.copyOf(only);
        items = List.copyOf(items);
    }

    /** A report of all that is declared. */
    public SyncReport(
            String tool,
            String flow,
            int exit,
            Instant started,
            Instant finished,
            boolean dryRun,
            String shard,
            Optional<String> runner,
            List<Item> items) {
        this(tool, flow, exit, started, finished, dryRun, shard, runner, List.of(), items);
    }

    /** A report of all that is declared, that names no machine. */
    public SyncReport(
            String tool,
            String flow,
            int exit,
            Instant started,
            Instant finished,
            boolean dryRun,
            String shard,
            List<Item> items) {
        this(tool, flow, exit, started, finished, dryRun, shard, Optional.empty(), items);
    }

    /**
     * How one item ended.
     *
     * @param from the artifact, {@code scheme:name}
     * @param to its destination, {@code scheme:name}
     * @param path where it lies, relative to the target's root or absolute; empty where there is no path (images)
     * @param declaredAt base name of the list and line; empty where no list declares it
     * @param revision the commit where the platform tells one, else the revision's name; empty where neither is known
     * @param host who served it, with its port where that is not the scheme's own; empty where nobody was asked
     * @param outcome how it ended
     * @param entries how many entries, by state
     * @param bytes how many bytes; empty where entries have no size of their own (images)
     * @param requests HTTP requests made for it
     * @param seconds how long it was worked on, waiting for its turn left out
     * @param failures what is not there and why; the first 1,000
     * @param notes what people should read; the first 1,000
     * @param declaredRevision what the list says; empty where it leaves that to the platform, and for images
     */
    public record Item(
            String from,
            String to,
            Optional<String> path,
            String declaredAt,
            Optional<String> revision,
            String host,
            Outcome outcome,
            Entries entries,
            Optional<Bytes> bytes,
            long requests,
            double seconds,
            List<Failure> failures,
            List<String> notes,
            Optional<String> declaredRevision) {

        public Item {
            failures = List.copyOf(failures);
            notes = List.copyOf(notes);
        }

        /** The same with other failures. */
        public Item withFailures(List<Failure> others) {
            return new Item(
                    from,
                    to,
                    path,
                    declaredAt,
                    revision,
                    host,
                    outcome,
                    entries,
                    bytes,
                    requests,
                    seconds,
                    others,
                    notes,
                    declaredRevision);
        }

        /** What it is called among items of which some are of one artifact: {@code from}, or {@code from@revision}. */
        public String name() {
            return declaredRevision.map(revision -> from + "@" + revision).orElse(from);
        }

        /** Whether all that it declares is there, or would be after a run. */
        public boolean well() {
            return outcome != Outcome.FAILED && outcome != Outcome.HELD_BY_ANOTHER;
        }
    }

    /**
     * Entries of an item by state.
     *
     * @param total declared
     * @param same there before
     * @param copied fetched
     * @param failed not there at the end: tried without success, or given up without a try after a failure of the item
     */
    public record Entries(long total, long same, long copied, long failed) {}

    /**
     * Bytes of an item.
     *
     * @param total declared
     * @param missing of these, what was not there when the run looked
     * @param reused of the missing ones, what lay on this machine: fetched in part by an earlier run, or held by another folder
     * @param transferred body bytes that came over the network, wasted ones included
     */
    public record Bytes(long total, long missing, long reused, long transferred) {}

    /**
     * Why something is not there.
     *
     * @param entry the file's path or the tag; empty where the whole item failed
     * @param kind why
     * @param message what happened, and what to do
     * @param retryable whether a later run may succeed although nobody acts
     */
    public record Failure(String entry, FailureKind kind, String message, boolean retryable) {}

    /**
     * Sums over the items.
     *
     * @param items all
     * @param copied of outcome {@code COPIED}
     * @param upToDate of outcome {@code UP_TO_DATE}
     * @param wouldCopy of outcome {@code WOULD_COPY}
     * @param failed of outcome {@code FAILED}
     * @param heldByAnother of outcome {@code HELD_BY_ANOTHER}
     * @param bytesTransferred sum of {@link Bytes#transferred}
     * @param requests sum of {@link Item#requests}
     */
    public record Totals(
            long items,
            long copied,
            long upToDate,
            long wouldCopy,
            long failed,
            long heldByAnother,
            long bytesTransferred,
            long requests) {}

    /** Sums over the items. */
    public Totals totals() {
        return new Totals(
                items.size(),
                count(Outcome.COPIED),
                count(Outcome.UP_TO_DATE),
                count(Outcome.WOULD_COPY),
                count(Outcome.FAILED),
                count(Outcome.HELD_BY_ANOTHER),
                items.stream()
                        .mapToLong(item -> item.bytes().map(Bytes::transferred).orElse(0L))
                        .sum(),
                items.stream().mapToLong(Item::requests).sum());
    }

    /** Whether the run was interrupted before all items were done. */
    public boolean interrupted() {
        return items.stream()
                .flatMap(item -> item.failures().stream())
                .anyMatch(failure -> failure.kind() == FailureKind.INTERRUPTED);
    }

    /** The same with another exit code: how a process that was interrupted ends, 130 or 143. */
    public SyncReport withExit(int code) {
        return new SyncReport(tool, flow, code, started, finished, dryRun, shard, runner, only, items);
    }

    /** The same as a report of a part: of the items that the globs chose; without globs, of all. */
    public SyncReport withOnly(List<String> globs) {
        return new SyncReport(tool, flow, exit, started, finished, dryRun, shard, runner, globs, items);
    }

    /** The same with other items, in the order of the list. */
    public SyncReport withItems(List<Item> others) {
        return new SyncReport(tool, flow, exit, started, finished, dryRun, shard, runner, only, others);
    }

    /** The JSON form, with a final newline. */
    public String toJson() {
        try {
            return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(ReportJson.write(this)) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and texts is always JSON", e);
        }
    }

    /** Writes the JSON form so that a reader finds the old file or the new one, never half of it. */
    public void write(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.getParent();
        byte[] json = toJson().getBytes(StandardCharsets.UTF_8);
        new Disk().replace(absolute, folder == null ? absolute : folder, out -> out.write(json));
    }

    /**
     * Reads what {@link #write} wrote; fields that a newer version added are ignored.
     *
     * @throws IOException if the file cannot be read or is no report, naming it
     */
    public static SyncReport read(Path file) throws IOException {
        try {
            return parse(Files.readString(file));
        } catch (JsonProcessingException e) {
            boolean early = String.valueOf(e.getOriginalMessage()).startsWith("Unexpected end-of-input");
            String line =
                    e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
            throw new IOException(
                    file + " is not a report: " + (early ? "it ends early" : e.getOriginalMessage() + line), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not a report: " + e.getMessage(), e);
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not a report: it is not UTF-8", e);
        }
    }

    /**
     * Reads the JSON form.
     *
     * @throws IllegalArgumentException if it is no report of this version
     */
    static SyncReport parse(String json) throws JsonProcessingException {
        return ReportJson.read(Json.MAPPER.readTree(json));
    }

    private long count(Outcome outcome) {
        return items.stream().filter(item -> item.outcome() == outcome).count();
    }
}
