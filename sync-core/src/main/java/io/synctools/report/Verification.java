package io.synctools.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code verify --report} wrote, as far as the page shows it. Immutable.
 *
 * @param finished when it ended
 * @param runner who verified; empty where it did not say
 * @param items each folder that was looked at
 */
public record Verification(Instant finished, String runner, List<Looked> items) {

    public Verification {
        items = List.copyOf(items);
    }

    /**
     * One folder that was looked at.
     *
     * @param folder where
     * @param to its destination, {@code scheme:name}
     * @param faults what is wrong there; empty where nothing is
     */
    public record Looked(String folder, String to, List<Fault> faults) {
        public Looked {
            faults = List.copyOf(faults);
        }
    }

    /**
     * One thing that is wrong.
     *
     * @param kind {@code MISSING}, {@code DAMAGED} or {@code FOREIGN}
     * @param path the file; empty for the folder itself
     * @param detail what was found, in a few words
     */
    public record Fault(String kind, String path, String detail) {}

    /** Reads a file; empty if it is no verification. */
    static Optional<Verification> read(Path file) throws IOException {
        JsonNode root = Json.MAPPER.readTree(Files.readString(file));
        boolean isOurs = root.path("version").asInt() == 1
                && root.path("strict").isBoolean()
                && root.path("items").isArray();
        if (!isOurs) {
            return Optional.empty();
        }
        try {
            Instant finished = Instant.parse(root.path("finished").asText());
            List<Looked> items = new ArrayList<>();
            for (JsonNode item : root.path("items")) {
                items.add(looked(item, root.path("strict").asBoolean()));
            }
            return Optional.of(new Verification(finished, root.path("runner").asText(), List.copyOf(items)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Looked looked(JsonNode item, boolean strict) {
        List<Fault> faults = new ArrayList<>();
        for (JsonNode finding : item.path("findings")) {
            String kind = finding.path("kind").asText();
            if (strict || !kind.equals("FOREIGN")) {
                faults.add(new Fault(
                        kind,
                        finding.path("path").asText(),
                        finding.path("detail").asText()));
            }
        }
        return new Looked(item.path("folder").asText(), item.path("to").asText(), List.copyOf(faults));
    }
}
