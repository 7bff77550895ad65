package io.synctools.huggingface;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import io.synctools.internal.json.Json;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.serve.Filtered;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Writes the listing of a whole commit as the hub's clients keep it in {@code trees/}, so that they need not ask the hub
 * again and notice an incomplete snapshot (docs/protocols/huggingface.md section 6 item 4).
 */
final class TreeCache {
    private static final DefaultPrettyPrinter PRINTER = new DefaultPrettyPrinter(
                    Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(new DefaultIndenter(" ", "\n"));

    private TreeCache() {}

    /** Whether the files of the whole commit are listed: a mirror may have some of them only, and say so. */
    static boolean isWhole(Listing listing) {
        return !listing.attributes().containsKey(Filtered.HEADER);
    }

    /** Whether all that the clients want to know of each file is listed: by their own hub it is. */
    static boolean isKnown(Listing listing) {
        return Stream.concat(listing.entries().stream(), listing.leftOut().stream())
                .allMatch(entry -> GitFacts.of(entry).isPresent());
    }

    /** How many files a listing promises; none where there is none that the clients would read. */
    static long count(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                JsonParser json = Json.FACTORY.createParser(in)) {
            long count = 0;
            int depth = 0;
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                count += token == JsonToken.START_OBJECT && depth == 3 ? 1 : 0; // in the object, in "files"
            }
            return count;
        } catch (NoSuchFileException | JsonProcessingException e) {
            return 0;
        }
    }

    /** Writes all files of the commit, also those that the item's filter leaves out. */
    static void write(Listing listing, OutputStream out) throws IOException {
        Entry[] files = Stream.concat(listing.entries().stream(), listing.leftOut().stream())
                .sorted(Comparator.comparing(Entry::path))
                .toArray(Entry[]::new);
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.setPrettyPrinter(PRINTER.createInstance());
            json.writeStartObject();
            json.writeNumberField("format_version", 1);
            json.writeObjectFieldStart("files");
            for (Entry file : files) {
                write(file, json);
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void write(Entry file, JsonGenerator json) throws IOException {
        Checksum checksum = file.checksum().orElseThrow();
        GitFacts facts = GitFacts.of(file)
                .orElseThrow(() -> new IllegalArgumentException("not listed by a Hugging Face hub: " + file.path()));
        json.writeObjectFieldStart(file.path());
        json.writeNumberField("size", file.size());
        json.writeStringField("blob_id", facts.blobId());
        if (checksum.algorithm() == Checksum.Algorithm.SHA256) {
            json.writeStringField("lfs_sha256", checksum.hex());
            json.writeNumberField("lfs_size", file.size());
        }
        if (facts.xetHash() != null) {
            json.writeStringField("xet_hash", facts.xetHash());
        }
        json.writeEndObject();
    }
}
