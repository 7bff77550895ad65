package io.synctools.file;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.synctools.internal.disk.ParallelIo;
import io.synctools.internal.json.Json;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.Place;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.Version;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * What was published at a place, when and by which version: a JSON file that {@code holds}, {@code verify} and checks on
 * the reader's side read.
 *
 * <p>Immutable and thread-safe. A damaged or unknown file reads as absent: it costs work, never an error.
 *
 * @param from the artifact, as {@link ArtifactRef#text()}
 * @param revision the revision as declared or the platform's default
 * @param pin what it meant
 * @param filter {@link io.synctools.model.NameFilter#text()} of what is declared
 * @param published when
 * @param tool name and version of the publisher
 * @param files number of entries
 * @param bytes their sum
 * @param index what the layout wrote of it into the clients' own files, as {@link FolderLayout#writeIndex} says; empty where
 *     nothing is to be compared, and in proofs of versions that did not keep it
 * @param list base name of the list that declares it; empty where none does, and in proofs of versions that did not keep it
 * @param flow that read the list; empty where {@code list} is
 */
public record Proof(
        String from,
        String revision,
        String pin,
        String filter,
        Instant published,
        String tool,
        long files,
        long bytes,
        String index,
        String list,
        String flow) {

    /**
     * Refuses a listing without any file where there were some: a hub that answers so has lost them, or is in trouble. Where
     * a filter leaves out what is listed, that is no such listing.
     *
     * @param before what was published; empty where nothing was
     * @throws SyncException {@code INCOMPATIBLE}
     */
    public static void refuseEmptied(Optional<Proof> before, Listing listing) {
        boolean empty = listing.entries().isEmpty() && listing.leftOut().isEmpty();
        before.filter(proof -> empty && proof.files() > 0).ifPresent(proof -> {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    "the hub lists no file any more, and " + proof.files() + " were published of " + proof.from()
                            + "; they stay; if it was emptied on purpose, take it off the list",
                    true,
                    null);
        });
    }

    /** Hears of each published file. */
    @FunctionalInterface
    public interface Reader {
        /** One file: its path, length in bytes and checksum. */
        void file(String path, long size, Checksum checksum) throws IOException;

        /**
         * Of the file before: its checksum is ours, computed as it arrived, since the hub tells none.
         *
         * @param key stands for what the hub told of it instead
         */
        default void ours(String path, Checksum checksum, Checksum key) throws IOException {}
    }

    /** Looks at one published file after another; thread-safe. */
    @FunctionalInterface
    public interface FileCheck {
        /** Whether a file of that path, length and checksum is there, as far as a look at its name tells. */
        boolean at(String path, long size, Checksum checksum) throws IOException, InterruptedException;

        /** Whether nothing else stands there than the files that it was asked for, as far as the clients' own files tell. */
        default boolean isAll() {
            return true;
        }
    }

    /** Chooses what is done with the files of a proof by its head. */
    @FunctionalInterface
    public interface Heading<T> {
        /** What is done with them; empty if the head tells enough. */
        Optional<T> under(Proof head) throws IOException;
    }

    private static final int VERSION = 1;

    /** Reads the head only; empty where there is none or it is damaged. */
    public static Optional<Proof> head(Path file) throws IOException {
        return parse(file, head -> Optional.empty());
    }

    /**
     * Reads the whole proof, one file at a time.
     *
     * @return the head; empty where there is none or it is damaged, in which case what the reader heard does not count
     */
    public static Optional<Proof> read(Path file, Reader reader) throws IOException {
        return parse(file, head -> Optional.of(reader));
    }

    /** Tells what a proof says of the files below a folder; nothing where it is absent, damaged, or not for us. */
    public static void tell(Path file, Path folder, Stock.Told told) throws IOException {
        try {
            read(file, (path, size, checksum) -> told.file(folder, path, size, checksum));
        } catch (AccessDeniedException | NotDirectoryException e) {
            return; // what cannot be read cannot be taken
        }
    }

    /**
     * Looks at every file that a whole proof names, several at a time, until one is not there.
     *
     * @param heading chooses how they are looked at; empty if the proof is of something else
     * @return the head if all are there, and nothing else; empty also if the proof is absent or damaged
     */
    public static Optional<Proof> ofAllThere(Path file, RunContext context, Heading<FileCheck> heading)
            throws IOException, InterruptedException {
        List<Chunk> chunks = new ArrayList<>(1);
        try {
            Optional<Proof> proof = parse(file, head -> heading.under(head).map(check -> {
                chunks.add(new Chunk(ParallelIo.of(context), check));
                return chunks.get(0)::add;
            }));
            return chunks.isEmpty() || !chunks.get(0).ends() ? Optional.empty() : proof;
        } catch (ChunkInterruptedException e) {
            throw (InterruptedException) new InterruptedException().initCause(e);
        }
    }

    /** Some files of a proof, looked at together, so that a proof of 270,000 is never in memory. */
    private static final class Chunk {
        private static final int SIZE = 2048;

        private final ParallelIo looks;
        private final FileCheck check;
        private final List<Proven> files = new ArrayList<>();
        private boolean all = true;

        Chunk(ParallelIo looks, FileCheck check) {
            this.looks = looks;
            this.check = check;
        }

        private record Proven(String path, long size, Checksum checksum) {}

        void add(String path, long size, Checksum checksum) throws IOException {
            files.add(new Proven(path, size, checksum));
            if (files.size() == SIZE) {
                try {
                    look();
                } catch (InterruptedException e) {
                    throw new ChunkInterruptedException(e);
                }
            }
        }

        private void look() throws IOException, InterruptedException {
            all = all && looks.each(files, one -> check.at(one.path(), one.size(), one.checksum()));
            files.clear();
        }

        boolean ends() throws IOException, InterruptedException {
            look();
            return all && check.isAll();
        }
    }

    /** Carries an interruption through the reader of a proof. */
    private static final class ChunkInterruptedException extends IOException {
        private static final long serialVersionUID = 1L;

        ChunkInterruptedException(InterruptedException cause) {
            super(cause);
        }
    }

    /** The proof of what is published now, as an item declares it. */
    public static Proof of(ArtifactRef pinned, SyncItem item, List<Entry> entries, String index) {
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.size();
        }
        return new Proof(
                pinned.text(),
                pinned.revision(),
                pinned.pin(),
                item.filter().text(),
                Instant.now().truncatedTo(ChronoUnit.MICROS),
                Version.TOOL,
                entries.size(),
                bytes,
                index,
                item.declaredAt().list(),
                item.declaredAt().equals(Place.NONE) ? "" : item.flow());
    }

    /**
     * Writes the proof of these entries by temporary file, sync and rename.
     *
     * @param temporary a folder on the same disk that the next holder of the lease empties: a kill may leave the file there
     */
    public void write(Disk disk, Path file, Path temporary, List<Entry> entries) throws IOException {
        write(disk, file, temporary, entries, Map.of());
    }

    /**
     * The same for entries of some of which the hub tells no checksum.
     *
     * @param ours what those hash to, by path
     */
    void write(Disk disk, Path file, Path temporary, List<Entry> entries, Map<String, Checksum> ours)
            throws IOException {
        disk.replace(file, temporary, out -> {
            Seal seal = new Seal();
            try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
                json.writeStartObject();
                json.writeNumberField("version", VERSION);
                json.writeStringField("tool", tool);
                json.writeStringField("from", seal.add(from));
                json.writeStringField("revision", seal.add(revision));
                json.writeStringField("pin", seal.add(pin));
                json.writeStringField("filter", seal.add(filter));
                json.writeStringField("published", published.toString());
                json.writeNumberField("files", files);
                json.writeNumberField("bytes", bytes);
                if (!index.isEmpty()) {
                    json.writeStringField("index", index);
                }
                if (!list.isEmpty()) {
                    json.writeStringField("list", list);
                    json.writeStringField("flow", flow);
                }
                json.writeArrayFieldStart("entries");
                for (Entry entry : entries) {
                    Checksum checksum =
                            entry.checksum().orElseGet(() -> Objects.requireNonNull(ours.get(entry.path())));
                    json.writeRaw('\n');
                    json.writeStartObject();
                    json.writeStringField("path", seal.add(entry.path()));
                    json.writeNumberField("size", entry.size());
                    json.writeStringField("checksum", seal.add(checksum.toString()));
                    if (entry.checksum().isEmpty()) {
                        json.writeStringField(
                                "told", seal.add(ContentKey.of(from, entry).toString()));
                    }
                    json.writeEndObject();
                    seal.add(Long.toString(entry.size()));
                }
                json.writeEndArray();
                json.writeStringField("seal", seal.text());
                json.writeEndObject();
                json.writeRaw('\n');
            }
        });
    }

    private static Optional<Proof> parse(Path file, Heading<Reader> heading) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                JsonParser json = Json.FACTORY.createParser(in)) {
            return parse(json, heading);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Proof> parse(JsonParser json, Heading<Reader> heading) throws IOException {
        Map<String, String> head = new HashMap<>();
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return Optional.empty();
        }
        while (json.nextToken() == JsonToken.FIELD_NAME && !json.currentName().equals("entries")) {
            String name = json.currentName();
            if (!json.nextToken().isScalarValue()) {
                return Optional.empty();
            }
            head.put(name, json.getText());
        }
        if (!head.keySet()
                        .containsAll(Set.of(
                                "version", "tool", "from", "revision", "pin", "filter", "published", "files", "bytes"))
                || !"1".equals(head.get("version"))) {
            return Optional.empty();
        }
        Proof proof = new Proof(
                text(head, "from"),
                text(head, "revision"),
                text(head, "pin"),
                text(head, "filter"),
                instant(text(head, "published")),
                text(head, "tool"),
                Long.parseLong(text(head, "files")),
                Long.parseLong(text(head, "bytes")),
                head.getOrDefault("index", ""),
                head.getOrDefault("list", ""),
                head.getOrDefault("flow", ""));
        Optional<Reader> reader = heading.under(proof);
        return reader.isEmpty() || proof.readEntries(json, reader.get()) ? Optional.of(proof) : Optional.empty();
    }

    /** As {@link Instant#toString} writes it; its own parser costs as much as the rest of a proof of twenty files. */
    private static Instant instant(String text) {
        int end = text.length() - 1;
        if (end < "2026-01-01T00:00:00".length() || text.charAt(end) != 'Z') {
            throw new IllegalArgumentException("not an instant: " + text);
        }
        String fraction = end > 19 ? text.substring(20, end) : "";
        return LocalDateTime.of(
                        Integer.parseInt(text, 0, 4, 10),
                        Integer.parseInt(text, 5, 7, 10),
                        Integer.parseInt(text, 8, 10, 10),
                        Integer.parseInt(text, 11, 13, 10),
                        Integer.parseInt(text, 14, 16, 10),
                        Integer.parseInt(text, 17, 19, 10),
                        Integer.parseInt((fraction + "000000000").substring(0, 9)))
                .toInstant(ZoneOffset.UTC);
    }

    private static String text(Map<String, String> head, String name) {
        return Objects.requireNonNull(head.get(name));
    }

    private boolean readEntries(JsonParser json, Reader reader) throws IOException {
        Seal seal = new Seal();
        seal.add(from);
        seal.add(revision);
        seal.add(pin);
        seal.add(filter);
        if (json.nextToken() != JsonToken.START_ARRAY) {
            return false;
        }
        while (json.nextToken() == JsonToken.START_OBJECT) {
            String path = "";
            String checksum = "";
            String told = "";
            long size = -1;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "path" -> path = json.getText();
                    case "checksum" -> checksum = json.getText();
                    case "told" -> told = json.getText();
                    case "size" -> size = json.getLongValue();
                    default -> json.skipChildren();
                }
            }
            seal.add(path);
            seal.add(checksum);
            if (!told.isEmpty()) {
                seal.add(told);
            }
            seal.add(Long.toString(size));
            reader.file(path, size, Checksum.parse(checksum));
            if (!told.isEmpty()) {
                reader.ours(path, Checksum.parse(checksum), Checksum.parse(told));
            }
        }
        return "seal".equals(json.nextFieldName()) && seal.text().equals(json.nextTextValue());
    }

    /** Whether it proves this pinned artifact under this filter. */
    public boolean proves(ArtifactRef pinned, String filterText) {
        return from.equals(pinned.text()) && !pin.isEmpty() && pin.equals(pinned.pin()) && filter.equals(filterText);
    }

    /** Notices a proof that was cut or changed. Guards against accidents, not against forgers. */
    private static final class Seal {
        private final CRC32C crc = new CRC32C();

        String add(String value) {
            crc.update(value.getBytes(StandardCharsets.UTF_8));
            crc.update(0);
            return value;
        }

        String text() {
            return "crc32c:" + HexFormat.of().toHexDigits((int) crc.getValue());
        }
    }
}
