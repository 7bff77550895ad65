package io.synctools.modelscope;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.synctools.internal.text.Printable;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Files} of one answer, read as they arrive and kept small: 270,000 of them fit into 96 MiB.
 *
 * <p>Not thread-safe.
 */
final class FileList {
    /** The attribute of an {@link Entry} with the commit that last changed the file, which the client's index holds. */
    static final String REVISION = "Revision";

    private final List<Entry> files = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();
    private final Map<String, Map<String, String>> revisions = new HashMap<>();
    private boolean seen;
    private String filter = "";

    /** Adds what {@code Data.Files} holds; for {@link Envelope#read}. */
    void readData(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean isFiles = json.currentName().equals("Files");
            JsonToken value = json.nextToken();
            if (isFiles && value == JsonToken.START_ARRAY) {
                seen = true;
                readFiles(json);
            } else {
                // An empty repository may have null here.
                seen |= isFiles && value == JsonToken.VALUE_NULL;
                json.skipChildren();
            }
        }
    }

    private void readFiles(JsonParser json) throws IOException {
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw new IOException("its list of files holds something else than files");
            }
            readFile(json);
        }
    }

    private void readFile(JsonParser json) throws IOException {
        String path = null;
        String type = null;
        String hash = null;
        String revision = null;
        long size = -1;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "Path" -> path = string(json);
                case "Type" -> type = string(json);
                case "Sha256" -> hash = string(json);
                case "Revision" -> revision = string(json);
                case "Size" -> size = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : -1;
                default -> json.skipChildren();
            }
        }
        if (path == null) {
            throw new IOException("it lists a file without a path");
        }
        if ("tree".equals(type)) {
            folders.add(path);
        } else if (size < 0) {
            throw new IOException("it lists " + Printable.words(path) + " without a size");
        } else {
            files.add(new Entry(path, size, checksum(path, hash), attributes(revision)));
        }
    }

    private static @Nullable String string(JsonParser json) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return json.getText();
        }
        json.skipChildren();
        return null;
    }

    private static Optional<Checksum> checksum(String path, @Nullable String hash) throws IOException {
        if (hash == null || hash.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Checksum.sha256(hash));
        } catch (IllegalArgumentException e) {
            throw new IOException("it lists " + Printable.words(path) + " with a Sha256 that is none", e);
        }
    }

    /** Most files of a repository share few commits, so one map serves them all. */
    private Map<String, String> attributes(@Nullable String revision) {
        return revision == null || revision.isEmpty()
                ? Map.of()
                : revisions.computeIfAbsent(revision, r -> Map.of(REVISION, r));
    }

    /** The files, in the hub's order; without a checksum where the hub told none. */
    List<Entry> files() {
        return files;
    }

    /** Keeps what a mirror says that it left out. */
    void filter(String text) {
        filter = text;
    }

    /** What a mirror left out; empty from a hub. */
    String filter() {
        return filter;
    }

    /** The files with that. */
    ServedFiles served() {
        return new ServedFiles(files, filter);
    }

    /** The folders' paths. */
    List<String> folders() {
        return folders;
    }

    /** The paths of files and folders. */
    List<String> paths() {
        List<String> paths = new ArrayList<>(folders);
        files.forEach(file -> paths.add(file.path()));
        return paths;
    }

    /** Files and folders together, as the hub counts them. */
    int count() {
        return files.size() + folders.size();
    }

    /** Whether the answer had a list of files at all. */
    boolean isComplete() {
        return seen;
    }
}
