package io.synctools.examples.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.synctools.serve.Dialect;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import io.synctools.serve.Shelf;
import io.synctools.standin.Hub;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * An image registry: pull and push by the registry API, each repository kept as an OCI layout in the folder of its name.
 * For small images: uploads are held in memory. Thread-safe.
 */
public final class RegistryDialect implements Dialect {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+(?:[._/-]+[a-z0-9]+)*");
    private static final String ANY = "application/octet-stream";

    private final Path folder;
    private final Map<String, OciLayout> layouts = new ConcurrentHashMap<>();
    private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();

    private RegistryDialect(Path folder) {
        this.folder = folder;
    }

    /** Starts an image registry whose repositories are OCI layouts in folders of their names. */
    public static Hub start(Hub.Options options, Path folder) throws IOException {
        return Hub.speaking(options, List.of(new RegistryDialect(folder)));
    }

    @Override
    public String scheme() {
        return "docker";
    }

    @Override
    public Optional<HubResponse> answer(HubRequest request, Shelf shelf) {
        if (!request.part(0).equals("v2")) {
            return Optional.empty();
        }
        if (request.path().size() < 5) { // v2, at least one part of a name, what of it, and which; or the API's root
            return Optional.of(request.rest(1).isEmpty() ? HubResponse.json(200, "{}") : refusal(404, "NAME_UNKNOWN"));
        }
        try {
            return Optional.of(answerAt(request));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HubResponse answerAt(HubRequest request) throws IOException {
        List<String> path = request.path();
        int size = path.size();
        boolean isUpload =
                path.get(size - 2).equals("uploads") && path.get(size - 3).equals("blobs");
        String name = String.join("/", path.subList(1, size - (isUpload ? 3 : 2)));
        if (!NAME.matcher(name).matches()) {
            return refusal(404, "NAME_INVALID");
        }
        OciLayout layout = layouts.computeIfAbsent(name, each -> new OciLayout(folder.resolve(each)));
        String which = path.get(size - 1);
        if (isUpload) {
            return upload(request, name, layout, which);
        }
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        String what = path.get(size - 2) + (reads ? "" : " " + request.method());
        return switch (what) {
            case "tags" -> tags(name, layout);
            case "blobs" -> blob(layout, which);
            case "manifests" -> manifest(layout, which);
            case "manifests PUT" -> putManifest(request, layout, which);
            default -> refusal(405, "UNSUPPORTED");
        };
    }

    private static HubResponse tags(String name, OciLayout layout) throws IOException {
        return layout.exists()
                ? HubResponse.json(200, JSON.writeValueAsString(Map.of("name", name, "tags", layout.tags())))
                : refusal(404, "NAME_UNKNOWN");
    }

    private static HubResponse blob(OciLayout layout, String digest) throws IOException {
        Optional<Path> blob = layout.blob(digest);
        return blob.isPresent() ? answer(200, ANY, Files.readAllBytes(blob.get())) : refusal(404, "BLOB_UNKNOWN");
    }

    private static HubResponse manifest(OciLayout layout, String reference) throws IOException {
        Optional<String> digest = reference.startsWith("sha256:") ? Optional.of(reference) : layout.digest(reference);
        Optional<Path> blob = digest.flatMap(layout::blob);
        if (blob.isEmpty()) {
            return refusal(404, "MANIFEST_UNKNOWN");
        }
        byte[] manifest = Files.readAllBytes(blob.get());
        return answer(200, JSON.readTree(manifest).path("mediaType").asText(), manifest)
                .with("Docker-Content-Digest", digest.get());
    }

    private static HubResponse putManifest(HubRequest request, OciLayout layout, String reference) throws IOException {
        String digest = layout.put(request.body());
        if (reference.startsWith("sha256:") && !reference.equals(digest)) {
            return refusal(400, "DIGEST_INVALID");
        }
        if (!reference.startsWith("sha256:")) {
            layout.tag(
                    reference,
                    (request.header("content-type").isEmpty() ? ANY : request.header("content-type")),
                    request.body());
        }
        return answer(201, ANY, new byte[0]).with("Docker-Content-Digest", digest);
    }

    private HubResponse upload(HubRequest request, String name, OciLayout layout, String id) throws IOException {
        if (request.method().equals("POST")) {
            String fresh = UUID.randomUUID().toString();
            uploads.put(fresh, new ByteArrayOutputStream());
            return goOn(name, fresh, 0);
        }
        ByteArrayOutputStream upload = uploads.get(id);
        if (upload == null) {
            return refusal(404, "BLOB_UPLOAD_UNKNOWN");
        }
        upload.writeBytes(request.body());
        if (request.method().equals("PATCH")) {
            return goOn(name, id, upload.size());
        }
        uploads.remove(id);
        String digest = OciLayout.digestOf(upload.toByteArray());
        if (!digest.equals(request.query().get("digest"))) {
            return refusal(400, "DIGEST_INVALID");
        }
        layout.put(upload.toByteArray());
        return answer(201, ANY, new byte[0]).with("Location", "/v2/" + name + "/blobs/" + digest);
    }

    private static HubResponse goOn(String name, String id, int size) {
        return answer(202, ANY, new byte[0])
                .with("Location", "/v2/" + name + "/blobs/uploads/" + id)
                .with("Range", "0-" + Math.max(0, size - 1));
    }

    private static HubResponse refusal(int status, String code) {
        return HubResponse.json(status, "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + code + "\"}]}");
    }

    private static HubResponse answer(int status, String type, byte[] body) {
        return HubResponse.of(status, type, body);
    }
}
