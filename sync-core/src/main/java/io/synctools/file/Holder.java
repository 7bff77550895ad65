package io.synctools.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import io.synctools.internal.text.Printable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Who holds a lease: the content of the lease's file. Immutable and thread-safe.
 *
 * @param nonce the name that no other holder ever has
 * @param host the host's name, for people
 * @param machine tells apart what has a process table of its own (boot and process namespace); empty where unknown
 * @param pid the process
 * @param started the process's start in the kernel's ticks, since process numbers come again; 0 where unknown
 * @param run the address of the run, for people; may be empty
 * @param since when it was taken, by the holder's clock; for people only
 * @param beat counts up while the holder lives
 */
public record Holder(
        String nonce, String host, String machine, long pid, long started, String run, String since, long beat) {

    /** The beat stands last and has a fixed width, so that it is renewed by writing these bytes alone. */
    private static final int BEAT_WIDTH = 12;

    private static final String TAIL = "}\n";

    /** Whoever left something at the lease's place that no runner makes. */
    static final Holder NOBODY = new Holder("", "unknown", "nobody", 0, 0, "", "", 0);

    /** This process, from now on. */
    public static Holder self(String run) {
        long pid = ProcessHandle.current().pid();
        return new Holder(
                UUID.randomUUID().toString(),
                hostName(),
                machineId(),
                pid,
                startOf(pid),
                run,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                0);
    }

    /** Reads a lease's file; empty where there is none. A damaged one reads as a holder that nobody knows. */
    public static Optional<Holder> read(Path file) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        return Optional.of(of(bytes));
    }

    /** What {@link #toBytes} wrote; what is damaged reads as a holder that nobody knows. */
    public static Holder of(byte[] bytes) {
        try {
            JsonNode json = Json.MAPPER.readTree(bytes);
            return new Holder(
                    json.path("nonce").asText(""),
                    json.path("host").asText("unknown"),
                    json.path("machine").asText(""),
                    json.path("pid").asLong(),
                    json.path("started").asLong(),
                    json.path("run").asText(""),
                    json.path("since").asText(""),
                    json.path("beat").asLong());
        } catch (IOException e) {
            return new Holder("", "unknown (damaged lease)", "", 0, 0, "", "", bytes.length);
        }
    }

    /** The same after another beat. */
    public Holder beaten() {
        return new Holder(nonce, host, machine, pid, started, run, since, beat + 1);
    }

    /**
     * Whether a lease lies there whose holder is known to be gone: it may have left something to tidy up, so that somebody
     * has to claim the place although all is published.
     */
    public static boolean isLeftAt(Path file) throws IOException {
        return read(file).filter(Holder::isGone).isPresent();
    }

    /** As a lease keeps it. */
    public byte[] toBytes() {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("version", 1);
        json.put("nonce", nonce);
        json.put("host", host);
        json.put("machine", machine);
        json.put("pid", pid);
        json.put("started", started);
        json.put("run", run);
        json.put("since", since);
        String head = json.toString();
        return (head.substring(0, head.length() - 1) + ",\"beat\":" + beatText(beat) + TAIL)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** The beat, padded with blanks in front, which JSON ignores. */
    static String beatText(long beat) {
        return String.format(Locale.ROOT, "%" + BEAT_WIDTH + "d", beat);
    }

    /** Where the beat stands in a file of that length. */
    static long beatOffset(long length) {
        return length - TAIL.length() - BEAT_WIDTH;
    }

    /** Whether the holder is known to be gone: its process ran on this machine and does so no more. */
    public boolean isGone() {
        return equals(NOBODY)
                || (!machine.isEmpty() && machine.equals(machineId()) && pid > 0 && startOf(pid) != started);
    }

    /** Whether the holder is known to be there: its process runs on this machine. */
    public boolean isHere() {
        return !machine.isEmpty() && machine.equals(machineId()) && pid > 0 && startOf(pid) == started;
    }

    /** For messages. */
    public String describe() {
        return "process " + pid + " on " + Printable.name(host)
                + (since.isEmpty() ? "" : ", since " + Printable.name(since))
                + (run.isEmpty() ? "" : ", run " + Printable.name(run));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String machineId() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim() + "/"
                    + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }

    /** The 22nd field of the process's stat line; 0 where there is no such process. */
    private static long startOf(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            List<String> fields =
                    List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
            boolean dead = fields.get(0).equals("Z") || fields.get(0).equals("X");
            return dead ? 0 : Long.parseLong(fields.get(19));
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }
}
