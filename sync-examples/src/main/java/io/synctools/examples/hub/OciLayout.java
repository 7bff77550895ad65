package io.synctools.examples.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** An image repository as an OCI image layout: blobs by their digest, and an index that names the tags. Thread-safe. */
public final class OciLayout {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TAG = "org.opencontainers.image.ref.name";
    private static final String DIGEST = "sha256:[0-9a-f]{64}";

    private final Path folder;

    /** The layout in a folder, which need not be there yet. */
    public OciLayout(Path folder) {
        this.folder = folder;
    }

    /** Whether there is one. */
    public boolean exists() {
        return Files.exists(folder.resolve("index.json"));
    }

    /** The tags, in the index's order. */
    public List<String> tags() throws IOException {
        return StreamSupport.stream(index().path("manifests").spliterator(), false)
                .map(OciLayout::tagOf)
                .toList();
    }

    /** The digest that a tag names; empty where there is no such tag. */
    public Optional<String> digest(String tag) throws IOException {
        return StreamSupport.stream(index().path("manifests").spliterator(), false)
                .filter(manifest -> tagOf(manifest).equals(tag))
                .map(manifest -> manifest.path("digest").asText())
                .findFirst();
    }

    /** Where a blob lies; empty where there is none, or where the text is no digest. */
    public Optional<Path> blob(String digest) {
        return digest.matches(DIGEST) ? Optional.of(path(digest)).filter(Files::exists) : Optional.empty();
    }

    /** Keeps a blob and returns its digest. */
    public String put(byte[] bytes) throws IOException {
        String digest = digestOf(bytes);
        if (!Files.exists(path(digest))) {
            replace(path(digest), bytes);
        }
        return digest;
    }

    /** Lets a tag name a manifest that was put here. */
    public synchronized void tag(String tag, String mediaType, byte[] manifest) throws IOException {
        ObjectNode index = index();
        ArrayNode manifests = index.withArray("manifests");
        for (int i = manifests.size() - 1; i >= 0; i--) {
            if (tagOf(manifests.get(i)).equals(tag)) {
                manifests.remove(i);
            }
        }
        ObjectNode entry = manifests.addObject();
        entry.put("mediaType", mediaType).put("digest", put(manifest)).put("size", manifest.length);
        entry.putObject("annotations").put(TAG, tag);
        replace(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
        replace(
                folder.resolve("index.json"),
                JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(index));
    }

    /** {@code sha256:…} of some bytes. */
    public static String digestOf(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String tagOf(JsonNode manifest) {
        return manifest.path("annotations").path(TAG).asText();
    }

    private Path path(String digest) {
        return folder.resolve("blobs").resolve(digest.replace(':', '/'));
    }

    private ObjectNode index() throws IOException {
        Path file = folder.resolve("index.json");
        return Files.exists(file)
                ? (ObjectNode) JSON.readTree(Files.readAllBytes(file))
                : JSON.createObjectNode()
                        .put("schemaVersion", 2)
                        .put("mediaType", "application/vnd.oci.image.index.v1+json");
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        Path parent = Files.createDirectories(file.toAbsolutePath().getParent());
        Path fresh = Files.createTempFile(parent, ".new", "");
        Files.write(fresh, bytes);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
