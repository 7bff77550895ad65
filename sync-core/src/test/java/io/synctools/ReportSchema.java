package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Set;

/** The published schema of reports. */
final class ReportSchema {
    private static final JsonSchema SCHEMA = load();

    private ReportSchema() {}

    static Set<ValidationMessage> faults(String json) {
        return SCHEMA.validate(json, InputFormat.JSON);
    }

    static void assertValid(SyncReport report) {
        assertEquals(Set.of(), faults(report.toJson()), report::toJson);
    }

    private static JsonSchema load() {
        try (InputStream in =
                Objects.requireNonNull(SyncReport.class.getResourceAsStream("/io/synctools/report.schema.json"))) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
