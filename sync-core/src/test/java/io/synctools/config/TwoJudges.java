package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The linter and the shipped schemas, asked about one list. */
final class TwoJudges {
    private static final Lint LINT = new Lint(Destinations.standard(Optional.of("/home/u")));
    private static final Map<String, JsonSchema> SCHEMAS = Map.of(
            "models", schema("models-list"),
            "datasets", schema("datasets-list"),
            "images", schema("image-list"),
            "projects/p", schema("project"),
            "projects-clusters", schema("projects-clusters"));

    private TwoJudges() {}

    /** Errors without the cross checks, which no schema of one file can make. */
    static List<ListFault> lint(String kind, String content) {
        ListFile file = ListFile.of(kind + ".json", content);
        List<ListFile> files = kind.equals("projects-clusters")
                ? List.of(file, ListFile.of("projects/p.json", "{}"), ListFile.of("projects/$schema.json", "{}"))
                : List.of(file);
        return LINT.check(files).stream().filter(ListFault::error).toList();
    }

    /** What the schema marks. */
    static Set<ValidationMessage> schema(String kind, String content) throws IOException {
        return Objects.requireNonNull(SCHEMAS.get(kind)).validate(Json.MAPPER.readTree(content));
    }

    private static JsonSchema schema(String name) {
        try (InputStream in = Objects.requireNonNull(Lint.class.getResourceAsStream(name + ".schema.json"))) {
            JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
            JsonNode meta = Json.MAPPER.readTree(in);
            assertEquals(
                    "[]",
                    factory.getSchema(SchemaLocation.of(SpecVersion.VersionFlag.V202012.getId()))
                            .validate(meta)
                            .toString(),
                    name);
            SchemaValidatorsConfig config = SchemaValidatorsConfig.builder()
                    .formatAssertionsEnabled(true)
                    .build();
            return factory.getSchema(meta, config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
