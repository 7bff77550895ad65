package io.synctools.modelscope;

import com.fasterxml.jackson.core.JsonGenerator;
import io.synctools.internal.digest.Hasher;
import io.synctools.internal.json.Json;
import io.synctools.internal.json.JsonPieces;
import io.synctools.model.Checksum;
import io.synctools.serve.Dialect;
import io.synctools.serve.FileTable;
import io.synctools.serve.Filtered;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import io.synctools.serve.ServedFile;
import io.synctools.serve.Shelf;
import io.synctools.serve.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** What the ModelScope hub answers to its clients ({@code docs/protocols/modelscope.md} sections 2 and 3). Thread-safe. */
public final class ModelScopeDialect implements Dialect {
    private static final String SCHEME = "modelscope";
    private static final String MASTER = "master";
    private static final int MOST_IN_PAGE = 10_000;
    private static final int COMMIT_LENGTH = 40;
    /** The numbers by which datasets are also known have more digits than owners that are numbers. */
    private static final long FIRST_NUMBER = 1_000_000_000L;

    private static final Pattern NUMBER = Pattern.compile("\\d{10,18}");

    private static final long NO_RECORD = 10010205001L;
    private static final long NO_REVISION = 10990101004L;

    /** For {@code ServiceLoader}. */
    public ModelScopeDialect() {}

    private interface Data {
        void write(JsonGenerator json) throws IOException;
    }

    @Override
    public String scheme() {
        return SCHEME;
    }

    /** The commits that last changed each file: clients and mirrors of this mirror compare them. */
    @Override
    public void facts(Path folder, BiConsumer<String, String> each) throws IOException {
        Map<String, String> shared = new HashMap<>();
        try {
            IndexReader.read(
                    folder.resolve(CacheLayout.INDEX),
                    (path, revision) -> each.accept(path, shared.computeIfAbsent(revision, same -> same)));
        } catch (NoSuchFileException | IndexReader.RefusedException e) {
            // A local directory has none.
        }
    }

    @Override
    public Optional<HubResponse> answer(HubRequest request, Shelf shelf) throws IOException {
        if (!request.part(0).equals("api") || !request.part(1).equals("v1")) {
            return Optional.empty();
        }
        String kind = request.part(2);
        boolean byNumber =
                NUMBER.matcher(request.part(3)).matches() && Set.of("", "repo").contains(request.part(4));
        Optional<String> name = byNumber
                ? shelf.names(SCHEME).stream()
                        .filter(one ->
                                one.startsWith(kind + "/") && request.part(3).equals("" + number(one)))
                        .findFirst()
                : Optional.of(kind + "/" + request.part(3) + "/" + request.part(4));
        Optional<Shelf.Repository> repository = name.isEmpty() ? Optional.empty() : shelf.find(SCHEME, name.get());
        return Optional.of(
                repository.isEmpty()
                        ? missing(NO_RECORD, "record not found")
                        : answer(request, repository.get(), request.rest(byNumber ? 4 : 5)));
    }

    private static HubResponse answer(HubRequest request, Shelf.Repository repository, String question)
            throws IOException {
        if (question.isEmpty()) {
            return success(json -> about(json, repository));
        }
        if (question.equals("revisions")) {
            return success(json -> revisions(json, repository));
        }
        String parameter = question.equals("commits") ? "Ref" : "Revision";
        String revision = request.query().getOrDefault(parameter, "");
        Optional<Snapshot> snapshot = repository.at(revision.isEmpty() ? MASTER : revision);
        if (snapshot.isEmpty()) {
            return question.equals("commits")
                    ? success(ModelScopeDialect::noCommit)
                    : missing(NO_REVISION, "no file tree at this revision");
        }
        return switch (question) {
            case "commits" -> success(json -> commit(json, snapshot.get()));
            case "repo/files", "repo/tree" -> files(request, snapshot.get(), question.equals("repo/tree"));
            case "repo" -> file(snapshot.get(), request.query().getOrDefault("FilePath", ""));
            default -> missing(NO_RECORD, "record not found");
        };
    }

    private static HubResponse file(Snapshot snapshot, String path) throws IOException {
        Optional<ServedFile> known = snapshot.files().file(path);
        if (known.isEmpty()) {
            return missing(NO_RECORD, "record not found");
        }
        ServedFile file = known.get();
        String identity = file.sha256().map(Checksum::hex).orElseGet(file::identity);
        Optional<String> elsewhere = snapshot.elsewhere(file);
        return elsewhere.isPresent()
                ? HubResponse.redirect(elsewhere.get())
                : HubResponse.file(snapshot.content(file), identity);
    }

    /** Files, or a page of them; whole where no page is asked for, however long: nothing is cut without a word. */
    private static HubResponse files(HubRequest request, Snapshot snapshot, boolean inPages) throws IOException {
        boolean deep = request.query().getOrDefault("Recursive", "False").equalsIgnoreCase("true");
        String folder = request.query().getOrDefault("Root", "").replaceAll("^/+|/+$", "");
        int size = inPages ? request.number("PageSize", 200, 1, MOST_IN_PAGE) : Integer.MAX_VALUE;
        int page = inPages ? request.number("PageNumber", 1, 1, Integer.MAX_VALUE) : 1;
        long skipped = (long) size * (page - 1);
        FileTable files = snapshot.files();
        Listing listing = new Listing(files, folder, deep, size);
        listing.skip(skipped);
        return HubResponse.json(new JsonPieces(listing::write))
                .with(Filtered.HEADER, Filtered.header(snapshot.filter()));
    }

    /** Writes the rows of one answer, one at a time. */
    private static final class Listing {
        private final FileTable files;
        private final String folder;
        private final boolean deep;
        private final int most;
        private int at;
        private int written = -1;

        Listing(FileTable files, String folder, boolean deep, int most) {
            this.files = files;
            this.folder = folder;
            this.deep = deep;
            this.most = most;
        }

        void skip(long rows) {
            if (deep && folder.isEmpty()) {
                at = (int) Math.min(files.size(), rows);
                return;
            }
            Optional<FileTable.Row> row = files.row(folder, deep, at);
            for (long i = 0; i < rows && row.isPresent(); i++) {
                at = row.get().next();
                row = files.row(folder, deep, at);
            }
        }

        boolean write(JsonGenerator json) throws IOException {
            if (written < 0) {
                begin(json, 200, 200, "success");
                json.writeStartObject();
                json.writeArrayFieldStart("Files");
                written = 0;
                return true;
            }
            Optional<FileTable.Row> row =
                    written < most && at < files.size() ? files.row(folder, deep, at) : Optional.empty();
            if (row.isEmpty()) {
                json.writeEndArray();
                json.writeEndObject();
                json.writeEndObject();
                return false;
            }
            write(json, row.get());
            at = row.get().next();
            written++;
            return true;
        }

        private static void write(JsonGenerator json, FileTable.Row row) throws IOException {
            json.writeStartObject();
            json.writeStringField("Path", row.path());
            json.writeStringField("Name", row.path().substring(row.path().lastIndexOf('/') + 1));
            json.writeStringField("Type", row.file().isPresent() ? "blob" : "tree");
            if (row.file().isPresent()) {
                ServedFile file = row.file().get();
                String hash = file.sha256().map(Checksum::hex).orElse(null);
                json.writeNumberField("Size", file.size());
                json.writeStringField("Sha256", hash);
                // Where nobody kept the commit that changed it last, the content stands for it: equal where nothing
                // changed.
                json.writeStringField(
                        "Revision",
                        file.fact().isEmpty() && hash != null ? hash.substring(0, COMMIT_LENGTH) : file.fact());
                json.writeBooleanField("IsLFS", file.isOutsideGit());
            }
            json.writeEndObject();
        }
    }

    private static long number(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        Hasher hasher = new Hasher(Checksum.Algorithm.SHA256, bytes.length);
        hasher.update(bytes, 0, bytes.length);
        long hash = HexFormat.fromHexDigitsToLong(HexFormat.of().formatHex(hasher.finish(), 0, 6));
        return FIRST_NUMBER + hash;
    }

    private static void about(JsonGenerator json, Shelf.Repository repository) throws IOException {
        String[] parts = repository.name().split("/", 3);
        json.writeStartObject();
        json.writeNumberField("Id", number(repository.name()));
        json.writeNumberField("Type", 1);
        json.writeStringField("Path", parts.length > 1 ? parts[1] : "");
        json.writeStringField("Name", parts.length > 2 ? parts[2] : "");
        json.writeEndObject();
    }

    private static void revisions(JsonGenerator json, Shelf.Repository repository) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("RevisionMap");
        json.writeArrayFieldStart("Branches");
        for (Map.Entry<String, Snapshot> one : new TreeMap<>(repository.revisions()).entrySet()) {
            json.writeStartObject();
            json.writeStringField("Revision", one.getKey());
            json.writeNumberField("CreatedAt", one.getValue().published().getEpochSecond());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNullField("Tags");
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void commit(JsonGenerator json, Snapshot snapshot) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("Commit");
        json.writeStartObject();
        json.writeStringField("Id", snapshot.commit());
        json.writeStringField("Title", "as mirrored");
        json.writeNumberField("CommittedDate", snapshot.published().getEpochSecond());
        json.writeEndObject();
        json.writeEndArray();
        json.writeNumberField("TotalCount", 1);
        json.writeEndObject();
    }

    private static void noCommit(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeNullField("Commit");
        json.writeNumberField("TotalCount", 0);
        json.writeEndObject();
    }

    private static HubResponse success(Data data) throws IOException {
        return envelope(200, 200, "success", data);
    }

    private static HubResponse missing(long code, String message) throws IOException {
        return envelope(404, code, message, JsonGenerator::writeNull);
    }

    private static HubResponse envelope(int status, long code, String message, Data data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            begin(json, status, code, message);
            data.write(json);
            json.writeEndObject();
        }
        return HubResponse.of(status, "application/json; charset=utf-8", out.toByteArray());
    }

    private static void begin(JsonGenerator json, int status, long code, String message) throws IOException {
        json.writeStartObject();
        json.writeNumberField("Code", code);
        json.writeBooleanField("Success", status == 200);
        json.writeStringField("Message", message);
        json.writeStringField("RequestId", "0");
        json.writeFieldName("Data");
    }
}
