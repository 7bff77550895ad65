package io.synctools.huggingface;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.synctools.internal.json.Json;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one page of a tree listing as it arrives (docs/protocols/huggingface.md section 3). */
final class TreePage {
    private static final Pattern HEX40 = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern HEX64 = Pattern.compile("[0-9a-f]{64}");

    private final JsonParser json;

    private final List<String> submodules = new ArrayList<>();

    private String type = "";
    private String path = "";
    private long size;
    private String oid = "";
    private @Nullable String contentHash;
    private @Nullable String xetHash;

    private TreePage(JsonParser json) {
        this.json = json;
    }

    /**
     * What else a page holds.
     *
     * @param count how many rows, files and folders included
     * @param submodules paths where a commit of another repository stands, which has no content here
     */
    record Rows(int count, List<String> submodules) {}

    /**
     * Adds the files of a page to a list; folders are implied by them.
     *
     * @throws IOException if the page is cut short or no JSON at all
     * @throws UnknownFormException if it is whole and not what a hub is known to send
     */
    static Rows read(InputStream body, List<Entry> into) throws IOException {
        try (JsonParser json = Json.FACTORY.createParser(body)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new JsonParseException(json, "no JSON array");
            }
            TreePage page = new TreePage(json);
            int count = 0;
            while (json.nextToken() == JsonToken.START_OBJECT) {
                page.readEntry().ifPresent(into::add);
                count++;
            }
            if (json.currentToken() != JsonToken.END_ARRAY || json.nextToken() != null) {
                throw new JsonParseException(json, "text after the end of the array");
            }
            return new Rows(count, page.submodules);
        }
    }

    private Optional<Entry> readEntry() throws IOException {
        type = "";
        path = "";
        oid = "";
        size = -1;
        contentHash = null;
        xetHash = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "type" -> type = text();
                case "path" -> path = text();
                case "oid" -> oid = text();
                case "size" -> size = number(value);
                case "xetHash" -> xetHash = text();
                case "lfs" -> readLfs(value);
                default -> json.skipChildren();
            }
        }
        return switch (type) {
            case "file" -> Optional.of(entry());
            case "directory" -> Optional.empty();
            case "unknown" -> {
                submodules.add(path);
                yield Optional.empty();
            }
            default -> throw unknown("is listed as '" + type + "', which is neither file nor directory nor submodule");
        };
    }

    private void readLfs(JsonToken value) throws IOException {
        if (value != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        contentHash = "";
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken inner = json.nextToken();
            switch (field) {
                case "oid" -> contentHash = text();
                case "size" -> size = number(inner);
                default -> json.skipChildren();
            }
        }
    }

    private Entry entry() {
        if (path.isEmpty() || size < 0) {
            throw unknown("is listed without path or size");
        }
        if (!HEX40.matcher(oid).matches()) {
            throw unknown("is listed with an id that git does not know");
        }
        // Masked where one may list but not read: treated as absent, as the hub's own clients do.
        String xet = xetHash != null && HEX64.matcher(xetHash).matches() ? xetHash : null;
        if (contentHash == null) {
            Map<String, String> attributes = xet == null ? Map.of() : new GitFacts(oid, xet).asAttributes();
            return new Entry(path, size, Optional.of(Checksum.gitBlob(oid)), attributes);
        }
        if (!HEX64.matcher(contentHash).matches()) {
            throw unknown("is listed without a SHA-256, so that it could not be verified");
        }
        return new Entry(path, size, Optional.of(Checksum.sha256(contentHash)), new GitFacts(oid, xet).asAttributes());
    }

    private String text() throws IOException {
        json.skipChildren();
        String text = json.getValueAsString();
        return text == null ? "" : text;
    }

    private long number(JsonToken value) throws IOException {
        json.skipChildren();
        return value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : -1;
    }

    private UnknownFormException unknown(String fault) {
        return new UnknownFormException("'" + path + "' " + fault);
    }

    /** Well-formed, and not a listing that could be mirrored; the message says why. */
    static final class UnknownFormException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownFormException(String message) {
            super(message);
        }
    }
}
