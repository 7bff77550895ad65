package io.synctools.skopeo;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.file.Disk;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.TimeSource;
import io.synctools.spi.RunContext;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, for each tag at a destination, what was accepted there and from which source, so that a destination that
 * converts or re-serialises manifests is not asked twice. Losing it costs requests, never correctness.
 *
 * <p>Thread-safe. Reads its file at first use and writes it only in {@link #save}.
 */
final class DigestLedger {
    private static final int VERSION = 2;

    /** It also kept what stood at the destination after a copy, unchecked: of two different digests nothing is known. */
    private static final int UNCHECKED_VERSION = 1;

    private static final int BOUND = 50_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    /** One ledger of this process at a time: a file lock keeps processes apart, and is lost when another handle closes. */
    private static final ReentrantLock SAVING = new ReentrantLock();

    private final Path file;
    private final Disk disk;
    private final TimeSource time;
    private final int bound;

    @GuardedBy("this")
    private final Map<String, Written> changes = new LinkedHashMap<>();

    @GuardedBy("this")
    private final Set<String> refusals = new LinkedHashSet<>();

    @GuardedBy("this")
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

    DigestLedger(Path file, Disk disk, TimeSource time) {
        this(file, disk, time, BOUND);
    }

    DigestLedger(Path file, Disk disk, TimeSource time, int bound) {
        this.file = file;
        this.disk = disk;
        this.time = time;
        this.bound = bound;
    }

    /** The ledger of a run, shared by its destinations. */
    static DigestLedger of(RunContext context) {
        return context.shared(
                DigestLedger.class, s -> new DigestLedger(SkopeoOptions.ledger(s), Disk.of(s), TimeSource.of(s)));
    }

    /** Where it is kept. */
    Path file() {
        return file;
    }

    /** What was last written under a tag, as far as it is remembered. */
    synchronized Optional<Written> written(ImageRepository destination, String tag) {
        return Optional.ofNullable(content().tags.get(destination + ":" + tag));
    }

    /** Whether a registry has refused manifests of a type. */
    synchronized boolean refuses(ImageRepository destination, String mediaType) {
        return content().refused.contains(destination.host() + " " + mediaType);
    }

    /** Remembers what a tag holds now. */
    synchronized void remember(ImageRepository destination, String tag, Written written) {
        String key = destination + ":" + tag;
        if (!written.equals(content().tags.get(key))) {
            put(content().tags, key, written);
            put(changes, key, written);
        }
    }

    /** Remembers that a registry does not take manifests of a type as they are. */
    synchronized void rememberRefusal(ImageRepository destination, String mediaType) {
        String key = destination.host() + " " + mediaType;
        if (content().refused.add(key)) {
            refusals.add(key);
        }
    }

    /**
     * Adds what was remembered since the last time to what other processes have saved meanwhile. Waits a few seconds for
     * a process that is saving too, and meanwhile holds nobody up.
     *
     * @throws IOException if it could not be saved; what was remembered is kept for the next time
     */
    void save() throws IOException {
        Map<String, Written> news;
        Set<String> newRefusals;
        synchronized (this) {
            news = new LinkedHashMap<>(changes);
            newRefusals = Set.copyOf(refusals);
        }
        if (news.isEmpty() && newRefusals.isEmpty()) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("the ledger needs a file name, not " + file);
        }
        Files.createDirectories(folder);
        Content merged = locked(folder, () -> merge(folder, news, newRefusals));
        synchronized (this) {
            news.forEach(changes::remove);
            refusals.removeAll(newRefusals);
            changes.forEach((key, written) -> put(merged.tags, key, written));
            merged.refused.addAll(refusals);
            content = merged;
        }
    }

    private interface Merge {
        Content run() throws IOException;
    }

    private Content locked(Path folder, Merge merge) throws IOException {
        long end = time.nanos() + PATIENCE.toNanos();
        try {
            if (!SAVING.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw busy("this process");
            }
            try (FileChannel channel = FileChannel.open(
                    folder.resolve(file.getFileName() + ".lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE)) {
                while (channel.tryLock() == null) {
                    if (time.nanos() - end >= 0) {
                        throw busy("another process");
                    }
                    time.sleep(LOOK_AGAIN);
                }
                return merge.run();
            } finally {
                SAVING.unlock();
            }
        } catch (OverlappingFileLockException e) {
            throw busy("this process");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting to save " + file);
        }
    }

    private IOException busy(String who) {
        return new IOException(file + " was not saved: " + who + " holds its lock for more than " + PATIENCE.toSeconds()
                + " s; the next run looks again at what was converted");
    }

    private Content merge(Path folder, Map<String, Written> news, Set<String> newRefusals) throws IOException {
        Content now = read();
        if (now.damaged) {
            disk.rename(file, folder.resolve(file.getFileName() + ".damaged"));
        }
        news.forEach((key, written) -> put(now.tags, key, written));
        now.refused.addAll(newRefusals);
        List<String> oldest = new ArrayList<>(now.tags.keySet());
        oldest.subList(0, Math.max(0, now.tags.size() - bound)).forEach(now.tags::remove);
        disk.replace(file, folder, out -> write(now, out));
        return now;
    }

    private static void put(Map<String, Written> tags, String key, Written written) {
        tags.remove(key);
        tags.put(key, written);
    }

    @GuardedBy("this")
    private Content content() {
        Content known = content;
        if (known == null) {
            try {
                known = read();
            } catch (IOException e) {
                known = empty(false); // it costs requests; a save reads again, and says what fails
            }
            content = known;
        }
        return known;
    }

    /** @throws IOException if the disk fails, which says nothing about what the file holds */
    private Content read() throws IOException {
        Map<String, Written> tags = new LinkedHashMap<>();
        Set<String> refused = new LinkedHashSet<>();
        try (JsonParser json = Json.FACTORY.createParser(Files.newInputStream(file))) {
            boolean whole = readInto(json, tags, refused);
            return whole ? new Content(tags, refused, false) : empty(true);
        } catch (NoSuchFileException e) {
            return empty(false);
        } catch (JacksonException | CharConversionException | IllegalStateException e) {
            return empty(true); // it costs requests, and is set aside at the next save
        }
    }

    private static Content empty(boolean damaged) {
        return new Content(new LinkedHashMap<>(), new LinkedHashSet<>(), damaged);
    }

    private static boolean readInto(JsonParser json, Map<String, Written> tags, Set<String> refused)
            throws IOException {
        int version = 0;
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("version")) {
                version = json.getIntValue();
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
        if (version == UNCHECKED_VERSION) {
            tags.values().removeIf(written -> !written.source.equals(written.destination));
        }
        boolean known = version == VERSION || version == UNCHECKED_VERSION;
        return known && json.currentToken() == JsonToken.END_OBJECT;
    }

    private static Written readWritten(JsonParser json) throws IOException {
        String[] three = {"", "", ""};
        for (int i = 0; i < three.length; i++) {
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw new JsonParseException(json, "not a ledger");
            }
            three[i] = json.getText();
        }
        if (json.nextToken() != JsonToken.END_ARRAY) {
            throw new JsonParseException(json, "not a ledger");
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
