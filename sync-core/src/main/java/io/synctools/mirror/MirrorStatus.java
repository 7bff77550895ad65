package io.synctools.mirror;

import com.fasterxml.jackson.core.JsonGenerator;
import io.synctools.file.Unfinished;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stands below the roots at one moment, and who works on it. Immutable.
 *
 * @param taken when this was looked at
 * @param roots root of each layout, by scheme
 * @param items in the order of schemes and folders
 */
public record MirrorStatus(Instant taken, Map<String, Path> roots, List<RepositoryStatus> items) {

    public MirrorStatus {
        roots = new TreeMap<>(roots);
        items = List.copyOf(items);
    }

    /** Looks at everything below the roots; changes nothing and waits for nobody. */
    public static MirrorStatus of(List<? extends Inventory> inventories, Instant now) throws IOException {
        Map<String, Path> roots = new TreeMap<>();
        List<RepositoryStatus> items = new ArrayList<>();
        for (Inventory inventory : inventories) {
            roots.put(inventory.scheme(), inventory.root());
            for (LocalRepository repository : inventory.repositories()) {
                RepositoryStatus kept = RepositoryStatus.of(repository);
                if (!kept.isEmpty()) {
                    items.add(kept);
                }
            }
        }
        return new MirrorStatus(now.truncatedTo(ChronoUnit.SECONDS), roots, items);
    }

    /** Files on disk of all items. */
    public long files() {
        return items.stream().mapToLong(RepositoryStatus::files).sum();
    }

    /** Bytes on disk of all items. */
    public long bytes() {
        return items.stream().mapToLong(RepositoryStatus::bytes).sum();
    }

    /** How many items somebody works on. */
    public long held() {
        return items.stream().filter(item -> item.held().isPresent()).count();
    }

    /** Writes it as JSON, which programs may rely on: fields may be added, never renamed. */
    public void writeJson(OutputStream out) throws IOException {
        StatusJson.write(out, taken, json -> {
            json.writeObjectFieldStart("roots");
            for (Map.Entry<String, Path> root : roots.entrySet()) {
                json.writeStringField(root.getKey(), root.getValue().toString());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("items");
            for (RepositoryStatus item : items) {
                write(item, json);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("totals");
            json.writeNumberField("items", items.size());
            json.writeNumberField("held", held());
            json.writeNumberField("files", files());
            json.writeNumberField("bytes", bytes());
            json.writeEndObject();
        });
    }

    private static void write(RepositoryStatus item, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("to", item.to());
        json.writeStringField("folder", item.folder().toString());
        json.writeNumberField("files", item.files());
        json.writeNumberField("bytes", item.bytes());
        if (item.shared() > 0) {
            json.writeNumberField("shared", item.shared());
        }
        json.writeArrayFieldStart("revisions");
        for (Revision revision : item.revisions()) {
            write(revision, json);
        }
        json.writeEndArray();
        if (item.held().isPresent()) {
            write(item.held().get(), json);
        }
        if (!item.unfinished().isEmpty()) {
            write(item.unfinished(), json);
        }
        json.writeEndObject();
    }

    private static void write(Revision revision, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("pin", revision.id());
        StatusJson.names(json, revision.names());
        json.writeArrayFieldStart("published");
        for (Published one : revision.published()) {
            json.writeStartObject();
            json.writeStringField("from", one.proof().from());
            json.writeStringField("revision", one.proof().revision());
            json.writeStringField("filter", one.proof().filter());
            if (!one.proof().list().isEmpty()) {
                json.writeStringField("list", one.proof().list());
                json.writeStringField("flow", one.proof().flow());
            }
            StatusJson.published(json, one.proof());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(RepositoryStatus.Held held, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("holder");
        json.writeStringField("host", held.holder().host());
        json.writeNumberField("pid", held.holder().pid());
        json.writeStringField("run", held.holder().run());
        json.writeStringField("since", held.holder().since());
        json.writeStringField("life", held.life().name());
        json.writeStringField(
                "lastSign", held.lastSign().truncatedTo(ChronoUnit.SECONDS).toString());
        json.writeEndObject();
    }

    private static void write(Unfinished unfinished, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("unfinished");
        json.writeNumberField("files", unfinished.files());
        json.writeNumberField("bytes", unfinished.bytes());
        json.writeArrayFieldStart("partials");
        for (Unfinished.Part part : unfinished.partials()) {
            json.writeStartObject();
            json.writeStringField("path", part.path());
            json.writeStringField("content", part.content());
            json.writeNumberField("bytes", part.bytes());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
