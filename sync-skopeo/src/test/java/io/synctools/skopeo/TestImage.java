package io.synctools.skopeo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** A small image for two platforms, the same for the same seed, and the way to push it by HTTP. */
final class TestImage {
    private static final OkHttpClient CLIENT = new OkHttpClient();

    private final boolean oci;
    private final Map<String, byte[]> blobs = new LinkedHashMap<>();
    private final Map<String, byte[]> children = new LinkedHashMap<>();
    private final String list;

    private TestImage(boolean oci, String seed, int layerBytes) {
        this.oci = oci;
        List<String> descriptors = new ArrayList<>();
        for (String architecture : List.of("amd64", "arm64")) {
            byte[] plain = (seed + " " + architecture + "\n")
                    .repeat(1 + layerBytes / 20)
                    .getBytes(StandardCharsets.UTF_8);
            byte[] layer = gzip(plain);
            byte[] config = ("{\"architecture\":\"" + architecture + "\",\"os\":\"linux\",\"config\":{},"
                            + "\"history\":[{\"created\":\"2026-01-01T00:00:00Z\",\"created_by\":\"test\"}],"
                            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"" + digest(plain) + "\"]}}")
                    .getBytes(StandardCharsets.UTF_8);
            blobs.put(digest(layer), layer);
            blobs.put(digest(config), config);
            byte[] manifest = manifest(config, layer).getBytes(StandardCharsets.UTF_8);
            children.put(digest(manifest), manifest);
            descriptors.add(descriptor(childType(), manifest).replaceFirst("}$", "")
                    + ",\"platform\":{\"architecture\":\"" + architecture + "\",\"os\":\"linux\"}}");
        }
        list = "{\"schemaVersion\":2,\"mediaType\":\"" + listType() + "\",\"manifests\":["
                + String.join(",", descriptors) + "]}";
    }

    static TestImage oci(String seed) {
        return new TestImage(true, seed, 0);
    }

    static TestImage docker(String seed) {
        return new TestImage(false, seed, 0);
    }

    /** With layers of about that many bytes before compression, which brings little. */
    static TestImage oci(String seed, int layerBytes) {
        return new TestImage(true, seed, layerBytes);
    }

    String listType() {
        return oci ? Manifest.OCI_INDEX : Manifest.DOCKER_LIST;
    }

    String childType() {
        return oci ? Manifest.OCI_MANIFEST : Manifest.DOCKER_MANIFEST;
    }

    byte[] listBytes() {
        return list.getBytes(StandardCharsets.UTF_8);
    }

    String digest() {
        return digest(listBytes());
    }

    /** Pushes everything by the registry API. */
    void push(String authority, String repository, String tag, String... userAndPassword) {
        push(authority, repository, tag, listBytes(), userAndPassword);
    }

    /** The same children under another serialisation of the list, as some hubs make it. */
    void pushReserialised(String authority, String repository, String tag, String... userAndPassword) {
        push(authority, repository, tag, list.replace("\":", "\": ").getBytes(StandardCharsets.UTF_8), userAndPassword);
    }

    /** The same children, said to be for other platforms. */
    void pushWithPlatformsSwapped(String authority, String repository, String tag, String... userAndPassword) {
        String swapped = list.replace("\"amd64\"", "\"x\"")
                .replace("\"arm64\"", "\"amd64\"")
                .replace("\"x\"", "\"arm64\"");
        push(authority, repository, tag, swapped.getBytes(StandardCharsets.UTF_8), userAndPassword);
    }

    private void push(String authority, String repository, String tag, byte[] listBytes, String... userAndPassword) {
        String base = "http://" + authority + "/v2/" + repository;
        blobs.values().forEach(bytes -> blob(base, bytes, userAndPassword));
        children.forEach(
                (digest, bytes) -> send(base + "/manifests/" + digest, "PUT", bytes, childType(), userAndPassword));
        send(base + "/manifests/" + tag, "PUT", listBytes, listType(), userAndPassword);
    }

    /** The digests of the images of its platforms. */
    List<String> childDigests() {
        return List.copyOf(children.keySet());
    }

    /**
     * Pushes a manifest without image that refers to another, as notation and newer cosign do.
     *
     * @return its digest
     */
    static String pushReferrer(
            String authority, String repository, String subject, String content, String... userAndPassword) {
        byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
        byte[] layer = content.getBytes(StandardCharsets.UTF_8);
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + Manifest.OCI_MANIFEST
                        + "\",\"artifactType\":\"application/vnd.example.signature\",\"config\":"
                        + descriptor("application/vnd.oci.empty.v1+json", config) + ",\"layers\":["
                        + descriptor("application/vnd.example.signature+json", layer)
                        + "],\"subject\":{\"mediaType\":\"" + Manifest.OCI_INDEX + "\",\"digest\":\"" + subject
                        + "\",\"size\":2}}")
                .getBytes(StandardCharsets.UTF_8);
        String base = "http://" + authority + "/v2/" + repository;
        blob(base, config, userAndPassword);
        blob(base, layer, userAndPassword);
        send(base + "/manifests/" + digest(manifest), "PUT", manifest, Manifest.OCI_MANIFEST, userAndPassword);
        return digest(manifest);
    }

    /** Pushes a tag about a digest, as cosign does. */
    static String pushCosign(String authority, String repository, String subject, String kind, String content) {
        byte[] layer = content.getBytes(StandardCharsets.UTF_8);
        byte[] config =
                ("{\"architecture\":\"\",\"os\":\"\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                                + digest(layer) + "\"]}}")
                        .getBytes(StandardCharsets.UTF_8);
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + Manifest.OCI_MANIFEST + "\",\"config\":"
                        + descriptor("application/vnd.oci.image.config.v1+json", config) + ",\"layers\":["
                        + descriptor("application/vnd.dev.cosign.simplesigning.v1+json", layer) + "]}")
                .getBytes(StandardCharsets.UTF_8);
        String base = "http://" + authority + "/v2/" + repository;
        blob(base, config);
        blob(base, layer);
        String tag = subject.replace(':', '-') + "." + kind;
        send(base + "/manifests/" + tag, "PUT", manifest, Manifest.OCI_MANIFEST);
        return tag;
    }

    /** Pushes the list of what refers to a digest, as clients do where a registry has no API. */
    static void pushList(String authority, String repository, String subject, String... referrers) {
        List<String> entries = new ArrayList<>();
        for (String digest : referrers) {
            entries.add("{\"mediaType\":\"" + Manifest.OCI_MANIFEST + "\",\"digest\":\"" + digest
                    + "\",\"size\":1,\"artifactType\":\"application/vnd.example.signature\","
                    + "\"annotations\":{\"by\":\"test\"}}");
        }
        byte[] list = ("{\"schemaVersion\":2,\"mediaType\":\"" + Manifest.OCI_INDEX + "\",\"manifests\":["
                        + String.join(",", entries) + "]}")
                .getBytes(StandardCharsets.UTF_8);
        String base = "http://" + authority + "/v2/" + repository;
        send(base + "/manifests/" + subject.replace(':', '-'), "PUT", list, Manifest.OCI_INDEX);
    }

    private static void blob(String base, byte[] bytes, String... userAndPassword) {
        String location = send(base + "/blobs/uploads/", "POST", new byte[0], "text/plain", userAndPassword)
                .toString();
        send(
                location + (location.contains("?") ? "&" : "?") + "digest=" + digest(bytes),
                "PUT",
                bytes,
                "application/octet-stream",
                userAndPassword);
    }

    /** Deletes what a tag points to. */
    static void delete(String authority, String repository, String digest, String... userAndPassword) {
        String url = "http://" + authority + "/v2/" + repository + "/manifests/" + digest;
        send(url, "DELETE", new byte[0], "text/plain", userAndPassword);
    }

    /** Sends and requires success; gives where the answer says to go on. */
    private static HttpUrl send(String url, String method, byte[] body, String type, String... userAndPassword) {
        Request.Builder request =
                new Request.Builder().url(url).method(method, RequestBody.create(body, MediaType.get(type)));
        if (userAndPassword.length == 2) {
            request.header("Authorization", okhttp3.Credentials.basic(userAndPassword[0], userAndPassword[1]));
        }
        try (Response answer = CLIENT.newCall(request.build()).execute()) {
            if (!answer.isSuccessful()) {
                throw new AssertionError(method + " " + url + ": " + answer.code() + " "
                        + answer.body().string());
            }
            String location = answer.header("Location", "");
            return Objects.requireNonNull(answer.request().url().resolve(location));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String manifest(byte[] config, byte[] layer) {
        String configType =
                oci ? "application/vnd.oci.image.config.v1+json" : "application/vnd.docker.container.image.v1+json";
        String layerType = oci
                ? "application/vnd.oci.image.layer.v1.tar+gzip"
                : "application/vnd.docker.image.rootfs.diff.tar.gzip";
        return "{\"schemaVersion\":2,\"mediaType\":\"" + childType() + "\",\"config\":" + descriptor(configType, config)
                + ",\"layers\":[" + descriptor(layerType, layer) + "]}";
    }

    private static String descriptor(String type, byte[] bytes) {
        return "{\"mediaType\":\"" + type + "\",\"digest\":\"" + digest(bytes) + "\",\"size\":" + bytes.length + "}";
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static String digest(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
