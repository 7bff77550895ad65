package io.synctools.s3;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.Retrier;
import io.synctools.internal.retry.TimeSource;
import io.synctools.internal.text.Printable;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.s3.StoreApi.Part;
import io.synctools.s3.StoreApi.UploadGoneException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The upload of one large file, part by part in order, each streamed from the source. How far it has come, and the state of
 * the file's hash there, is kept in the store at most once a second, so that whoever comes after a killed run, on whichever
 * host, goes on from there. Not thread-safe.
 */
final class PartsUpload {
    private static final int MOST_PARTS = 9000;
    private static final long SAVED_EACH = 1_000_000_000L;
    private static final int STATE_LIMIT = 4 << 20;
    private static final int BEGINNINGS = 3;
    private static final int VERSION = 1;

    /**
     * What is to be uploaded.
     *
     * @param object its key
     * @param state the key of what is kept meanwhile
     * @param entry the file
     * @param declared what the object will say of itself
     * @param hashers whose threads compute its hash
     */
    record Work(String object, String state, Entry entry, String declared, Executor hashers) {}

    /** Opens the source at an offset. */
    @FunctionalInterface
    interface Opening {
        SourceBytes at(long offset);
    }

    private final StoreApi api;
    private final Work work;
    private final TimeSource time;
    private final long partSize;
    private final List<Part> parts = new ArrayList<>();
    private String id;
    private FileHash hash;
    private long length;
    private boolean saved;
    private long savedAt;
    private @Nullable SourceBytes source;

    private PartsUpload(StoreApi api, Work work, TimeSource time, long partSize, String id, FileHash hash) {
        this.api = api;
        this.work = work;
        this.time = time;
        this.partSize = partSize;
        this.id = id;
        this.hash = hash;
    }

    /**
     * Goes on with what another run left, as far as the store still has it, or begins.
     *
     * @param least size of a part; larger where there would be too many
     * @param isLeft whether something was left
     */
    static PartsUpload begin(StoreApi api, Work work, long least, boolean isLeft, TimeSource time)
            throws IOException, InterruptedException {
        Optional<PartsUpload> left = isLeft ? goOn(api, work, time) : Optional.empty();
        if (left.isPresent()) {
            return left.get();
        }
        long partSize = partSize(work.entry.size(), least);
        return new PartsUpload(
                api,
                work,
                time,
                partSize,
                api.begin(work.object, work.declared),
                FileHash.of(work.entry, work.hashers));
    }

    /** The size of each part but the last: so that there are {@value #MOST_PARTS} at most, in whole megabytes. */
    static long partSize(long size, long least) {
        long needed = (size + MOST_PARTS - 1) / MOST_PARTS;
        long unit = 1 << 20;
        return Math.max(least, needed <= least ? least : (needed + unit - 1) / unit * unit);
    }

    private static Optional<PartsUpload> goOn(StoreApi api, Work work, TimeSource time)
            throws IOException, InterruptedException {
        Optional<JsonNode> state = api.get(work.state, STATE_LIMIT).flatMap(PartsUpload::parse);
        if (state.isEmpty() || !state.get().path("object").asText().equals(work.object)) {
            return Optional.empty();
        }
        JsonNode json = state.get();
        Optional<SavableSha256> hash = state(json.path("hash").asText());
        Optional<List<Part>> there = api.parts(work.object, json.path("upload").asText());
        if (hash.isEmpty() || there.isEmpty()) {
            return Optional.empty();
        }
        PartsUpload upload = new PartsUpload(
                api,
                work,
                time,
                json.path("partSize").asLong(),
                json.path("upload").asText(),
                FileHash.of(hash.get(), work.hashers));
        for (JsonNode part : json.path("parts")) {
            Part kept = new Part(
                    upload.parts.size() + 1,
                    part.path("etag").asText(),
                    part.path("sha256").asText(),
                    part.path("size").asLong());
            if (there.get().stream().noneMatch(kept::isOf)) {
                return Optional.empty();
            }
            upload.parts.add(kept);
            upload.length += kept.size();
        }
        upload.saved = true;
        boolean fits =
                upload.length == hash.get().length() && upload.length <= work.entry.size() && upload.partSize > 0;
        return fits ? Optional.of(upload) : Optional.empty();
    }

    private static Optional<JsonNode> parse(StoreApi.Small small) {
        try {
            JsonNode json = Json.MAPPER.readTree(small.bytes());
            return Optional.of(json).filter(state -> state.path("version").asInt() == VERSION);
        } catch (IOException e) {
            return Optional.empty(); // damaged: it costs work, and nothing else
        }
    }

    private static Optional<SavableSha256> state(String text) {
        try {
            return SavableSha256.from(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The bytes that are in the store. */
    long length() {
        return length;
    }

    /**
     * Sends what is missing and makes an object of all; each part that arrived counts.
     *
     * @throws StoreSession.WrongBytesException if they are not the declared ones: then nothing of it is left
     */
    ObjectFacts run(Retrier retrier, Opening opening) throws IOException, InterruptedException {
        String what = "send " + Printable.name(work.entry.path()) + " to " + api.host();
        for (int beginnings = 1; ; beginnings++) {
            try {
                while (length < work.entry.size()) {
                    retrier.call(what, () -> sendPart(opening));
                }
                if (!isRight()) {
                    discard();
                    throw new StoreSession.WrongBytesException(work.entry);
                }
                ObjectFacts facts = retrier.call(what, this::complete);
                if (saved) {
                    api.delete(work.state);
                }
                return facts;
            } catch (GoneException e) {
                if (beginnings == BEGINNINGS) {
                    throw new IOException(what + ": the store forgot the upload " + beginnings + " times", e);
                }
                startAgain();
            } finally {
                closeSource();
            }
        }
    }

    /** The store does not know the upload any more; not worth the same try. */
    private static final class GoneException extends SyncException {
        private static final long serialVersionUID = 1L;

        GoneException(UploadGoneException cause) {
            super(FailureKind.UNAVAILABLE, String.valueOf(cause.getMessage()), true, cause);
        }
    }

    private boolean sendPart(Opening opening) throws IOException, InterruptedException {
        SourceBytes open = source;
        if (open == null || open.position() != length) {
            closeSource();
            open = opening.at(length);
            source = open;
        }
        SourceBytes in = open;
        FileHash next = hash.copy();
        long count = Math.min(partSize, work.entry.size() - length);
        SentBody body = api.body(
                (buffer, n) -> {
                    in.read(buffer, n);
                    next.update(buffer, n);
                },
                count);
        try {
            parts.add(api.uploadPart(work.object, id, parts.size() + 1, body));
        } catch (UploadGoneException e) {
            throw new GoneException(e);
        }
        hash = next;
        length += count;
        if (length < work.entry.size() && (!saved || time.nanos() - savedAt >= SAVED_EACH)) {
            save();
        }
        return true;
    }

    private boolean isRight() throws InterruptedException {
        byte[] raw = hash.copy().finish();
        return work.entry.checksum().map(sum -> sum.matches(raw)).orElse(true);
    }

    private ObjectFacts complete() throws IOException, InterruptedException {
        try {
            return api.complete(work.object, id, parts, work.declared);
        } catch (UploadGoneException e) {
            // Where only the answer was lost, the object is there.
            return api.head(work.object)
                    .filter(facts -> facts.size() == work.entry.size()
                            && facts.declared().equals(work.declared))
                    .orElseThrow(() -> new GoneException(e));
        }
    }

    private void startAgain() throws IOException, InterruptedException {
        parts.clear();
        length = 0;
        hash = FileHash.of(work.entry, work.hashers);
        id = api.begin(work.object, work.declared);
    }

    /** Throws the parts away. */
    private void discard() throws IOException, InterruptedException {
        api.abort(work.object, id);
        if (saved) {
            api.delete(work.state);
        }
    }

    private void closeSource() {
        if (source != null) {
            source.close();
            source = null;
        }
    }

    private void save() throws IOException, InterruptedException {
        Optional<byte[]> state = hash.state();
        if (state.isEmpty()) {
            return;
        }
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("version", VERSION);
        json.put("object", work.object);
        json.put("upload", id);
        json.put("partSize", partSize);
        json.put("hash", Base64.getEncoder().encodeToString(state.get()));
        ArrayNode all = json.putArray("parts");
        for (Part part : parts) {
            all.addObject()
                    .put("etag", part.tag())
                    .put("sha256", part.checksum())
                    .put("size", part.size());
        }
        try {
            api.put(work.state, Json.MAPPER.writeValueAsBytes(json), Map.of());
        } catch (IOException e) {
            return; // the part is there all the same; the next one is another chance
        }
        saved = true;
        savedAt = time.nanos();
    }

    /** Makes an object of stretches of another one, inside the store; empty where that is not there any more. */
    static Optional<ObjectFacts> copy(
            StoreApi api, String from, ObjectFacts facts, String key, String declared, long stretch)
            throws IOException, InterruptedException {
        long size = facts.size();
        long each = partSize(size, stretch);
        String id = api.begin(key, declared);
        List<Part> parts = new ArrayList<>();
        for (long at = 0; at < size; at += each) {
            Optional<Part> part =
                    api.copyPart(from, facts.tag(), at, Math.min(each, size - at), key, id, parts.size() + 1);
            if (part.isEmpty()) {
                api.abort(key, id);
                return Optional.empty();
            }
            parts.add(part.get());
        }
        return Optional.of(api.complete(key, id, parts, declared));
    }
}
