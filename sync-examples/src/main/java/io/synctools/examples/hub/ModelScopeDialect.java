package io.synctools.examples.hub;

import com.fasterxml.jackson.core.JsonGenerator;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The endpoints of protocols/modelscope.md sections 2 and 3. A dataset's numeric id is the hash of its name. */
record ModelScopeDialect(Repositories repositories, URI storage) implements Dialect {

    private interface Data {
        void write(JsonGenerator json) throws IOException;
    }

    @Override
    public Optional<Answer> answer(Request request) {
        if (!request.part(0).equals("api") || !request.part(1).equals("v1")) {
            return Optional.empty();
        }
        String kind = request.part(2);
        boolean byId = request.part(3).matches("\\d+");
        Optional<HubRepository> newest = byId
                ? repositories.find(
                        one -> one.name().startsWith(kind + "/") && idOf(one) == Long.parseLong(request.part(3)))
                : repositories.find(kind + "/" + request.part(3) + "/" + request.part(4));
        String revision = request.query().getOrDefault("Revision", "");
        return Optional.of(newest.flatMap(one ->
                        List.of("", "master").contains(revision) ? newest : repositories.at(one.name(), revision))
                .map(repository -> answer(request, repository, request.rest(byId ? 4 : 5)))
                .orElseGet(ModelScopeDialect::missing));
    }

    private Answer answer(Request request, HubRepository repository, String page) {
        return switch (page) {
            case "" -> success(json -> about(json, repository));
            case "revisions" -> success(ModelScopeDialect::revisions);
            case "repo/files" -> success(json -> files(json, repository.files()));
            case "repo/tree" -> success(json -> files(json, page(request, repository)));
            case "repo" -> file(repository, request.query().getOrDefault("FilePath", ""));
            default -> missing();
        };
    }

    private Answer file(HubRepository repository, String path) {
        return repository
                .file(path)
                .map(file ->
                        file.lfs() ? Answer.redirect(storage + Storage.pathOf(repository, file)) : Answer.file(file))
                .orElseGet(ModelScopeDialect::missing);
    }

    private static List<HubFile> page(Request request, HubRepository repository) {
        int size = Integer.parseInt(request.query().getOrDefault("PageSize", "200"));
        int number = Integer.parseInt(request.query().getOrDefault("PageNumber", "1"));
        List<HubFile> files = repository.files();
        int from = (int) Math.min(files.size(), (long) size * (number - 1));
        return files.subList(from, Math.min(files.size(), from + size));
    }

    private static long idOf(HubRepository repository) {
        return repository.name().hashCode() & 0xFFFFFFFFL;
    }

    private static void about(JsonGenerator json, HubRepository repository) throws IOException {
        json.writeStartObject();
        json.writeNumberField("Id", idOf(repository));
        json.writeNumberField("Type", 1);
        json.writeEndObject();
    }

    private static void revisions(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("RevisionMap");
        json.writeArrayFieldStart("Branches");
        json.writeStartObject();
        json.writeStringField("Revision", "master");
        json.writeNumberField("CreatedAt", 1_767_225_600L);
        json.writeEndObject();
        json.writeEndArray();
        json.writeNullField("Tags");
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void files(JsonGenerator json, List<HubFile> files) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("Files");
        for (HubFile file : files) {
            json.writeStartObject();
            json.writeStringField("Path", file.path());
            json.writeStringField("Name", file.path().substring(file.path().lastIndexOf('/') + 1));
            json.writeStringField("Type", "blob");
            json.writeNumberField("Size", file.size());
            json.writeStringField("Sha256", file.sha256());
            json.writeStringField("Revision", file.gitBlob());
            json.writeBooleanField("IsLFS", file.lfs());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static Answer success(Data data) {
        return envelope(200, 200, "success", data);
    }

    private static Answer missing() {
        return envelope(404, 10010205001L, "record not found", JsonGenerator::writeNull);
    }

    private static Answer envelope(int status, long code, String message, Data data) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = Json.FACTORY.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField("Code", code);
            json.writeBooleanField("Success", code == 200);
            json.writeStringField("Message", message);
            json.writeStringField("RequestId", "0");
            json.writeFieldName("Data");
            data.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Answer.json(status, text.toString());
    }
}
