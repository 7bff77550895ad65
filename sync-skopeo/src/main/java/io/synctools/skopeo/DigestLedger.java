package io.synctools.skopeo;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.synctools.file.Disk;
import io.synctools.internal.json.Json;
import io.synctools.spi.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, for each tag at a destination, what was accepted there and from which source, so that a destination that
 * converts or re-serialises manifests is not asked twice. Losing it costs requests, never correctness.
 *
 * <p>Thread-safe. Reads its file at first use and writes it only in {@link #save}.
 */
final class DigestLedger {
    private static final int VERSION = 1;
    private static final int BOUND = 50_000;

    private final Path file;
    private final Disk disk;
    private final int bound;
    private final Map<String, Written> changes = new LinkedHashMap<>();
    private final Set<String> refusals = new LinkedHashSet<>();
    private @Nullable Content content;

    /**
     * What was written under one tag.
     *
     * @param from the source's repository
     * @param source the manifest's digest there
     * @param destination the digest that the destination gave the same content
     */
    record Written(String from, String source, String destination) {}

    /**
     * What the file says.
     *
     * @param tags by {@code HOST/NAME:TAG}, the latest written last
     * @param refused {@code HOST MEDIA-TYPE} of what a registry does not take as it is
     * @param damaged whether there is a file that cannot be read
     */
    private record Content(Map<String, Written> tags, Set<String> refused, boolean damaged) {}

    DigestLedger(Path file, Disk disk) {
        this(file, disk, BOUND);
    }

    DigestLedger(Path file, Disk disk, int bound) {
        this.file = file;
        this.disk = disk;
        this.bound = bound;
    }

    /** The ledger of a run, shared by its destinations. */
    static DigestLedger of(Settings settings) {
        return settings.shared(
                DigestLedger.class, s -> new DigestLedger(SkopeoOptions.from(s).ledger(), Disk.of(s)));
    }

    /** Where it is kept. */
    Path file() {
        return file;
    }

    /** What was last written under a tag, as far as it is remembered. */
    synchronized Optional<Written> written(Repository destination, String tag) {
        return Optional.ofNullable(content().tags.get(destination + ":" + tag));
    }

    /** Whether a registry has refused manifests of a type. */
    synchronized boolean refuses(Repository destination, String mediaType) {
        return content().refused.contains(destination.host() + " " + mediaType);
    }

    /** Remembers what a tag holds now. */
    synchronized void remember(Repository destination, String tag, Written written) {
        String key = destination + ":" + tag;
        if (!written.equals(content().tags.get(key))) {
            put(content().tags, key, written);
            put(changes, key, written);
        }
    }

    /** Remembers that a registry does not take manifests of a type as they are. */
    synchronized void rememberRefusal(Repository destination, String mediaType) {
        String key = destination.host() + " " + mediaType;
        if (content().refused.add(key)) {
            refusals.add(key);
        }
    }

    /** Adds what was remembered since the last time to what other processes have saved meanwhile. */
    synchronized void save() throws IOException {
        if (changes.isEmpty() && refusals.isEmpty()) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("the ledger needs a file name, not " + file);
        }
        Files.createDirectories(folder);
        synchronized (DigestLedger.class) { // a file lock does not keep two ledgers of one process apart
            try (FileChannel channel = FileChannel.open(
                    folder.resolve(file.getFileName() + ".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE)) {
                channel.lock();
                content = merge(folder);
            }
        }
        changes.clear();
        refusals.clear();
    }

    private Content merge(Path folder) throws IOException {
        Content now = read();
        if (now.damaged) {
            disk.rename(file, folder.resolve(file.getFileName() + ".damaged"));
        }
        changes.forEach((key, written) -> put(now.tags, key, written));
        now.refused.addAll(refusals);
        List<String> oldest = new ArrayList<>(now.tags.keySet());
        oldest.subList(0, Math.max(0, now.tags.size() - bound)).forEach(now.tags::remove);
        disk.replace(file, folder, out -> write(now, out));
        return now;
    }

    private static void put(Map<String, Written> tags, String key, Written written) {
        tags.remove(key);
        tags.put(key, written);
    }

    private Content content() {
        Content known = content;
        if (known == null) {
            known = read();
            content = known;
        }
        return known;
    }

    private Content read() {
        Map<String, Written> tags = new LinkedHashMap<>();
        Set<String> refused = new LinkedHashSet<>();
        try (JsonParser json = Json.FACTORY.createParser(Files.newInputStream(file))) {
            boolean whole = readInto(json, tags, refused);
            return whole ? new Content(tags, refused, false) : empty(true);
        } catch (NoSuchFileException e) {
            return empty(false);
        } catch (IOException | IllegalStateException e) {
            return empty(true); // it costs requests, and is set aside at the next save
        }
    }

    private static Content empty(boolean damaged) {
        return new Content(new LinkedHashMap<>(), new LinkedHashSet<>(), damaged);
    }

    private static boolean readInto(JsonParser json, Map<String, Written> tags, Set<String> refused)
            throws IOException {
        boolean known = false;
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("version")) {
                known = json.getIntValue() == VERSION;
            } else if (name.equals("refused") && json.currentToken() == JsonToken.START_ARRAY) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    refused.add(json.getText());
                }
            } else if (name.equals("tags") && json.currentToken() == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String tag = json.currentName();
                    json.nextToken();
                    tags.put(tag, readWritten(json));
                }
            } else {
                json.skipChildren();
            }
        }
        return known && json.currentToken() == JsonToken.END_OBJECT;
    }

    private static Written readWritten(JsonParser json) throws IOException {
        String[] three = {"", "", ""};
        for (int i = 0; i < three.length; i++) {
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw new IOException("not a ledger");
            }
            three[i] = json.getText();
        }
        if (json.nextToken() != JsonToken.END_ARRAY) {
            throw new IOException("not a ledger");
        }
        return new Written(three[0].intern(), three[1], three[2]);
    }

    private static void write(Content content, OutputStream out) throws IOException {
        JsonGenerator json = Json.FACTORY.createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.useDefaultPrettyPrinter();
        json.writeStartObject();
        json.writeNumberField("version", VERSION);
        json.writeArrayFieldStart("refused");
        for (String refused : content.refused) {
            json.writeString(refused);
        }
        json.writeEndArray();
        json.writeObjectFieldStart("tags");
        for (Map.Entry<String, Written> tag : content.tags.entrySet()) {
            Written written = tag.getValue();
            json.writeArrayFieldStart(tag.getKey());
            json.writeString(written.from);
            json.writeString(written.source);
            json.writeString(written.destination);
            json.writeEndArray();
        }
        json.writeEndObject();
        json.writeEndObject();
        json.close();
    }
}
