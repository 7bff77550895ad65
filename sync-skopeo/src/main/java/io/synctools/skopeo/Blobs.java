package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.NetworkException;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.RequestBody;

/** The content of registries: what is there by its digest, what is brought there, and what becomes visible. Thread-safe. */
final class Blobs {
    private static final MediaType BYTES = MediaType.get("application/octet-stream");
    private static final RequestBody NOTHING = RequestBody.create(new byte[0]);
    private static final Pattern FULL = Pattern.compile("quota|exceed|insufficient storage|no space");
    private static final Pattern QUERY = Pattern.compile("\\?[^\\s\"',)\\\\]+");

    private final RegistryApi api;

    Blobs(RegistryApi api) {
        this.api = api;
    }

    /** Whether a blob of that digest and size is there. */
    boolean has(ImageRepository repository, String digest, long size) throws IOException, InterruptedException {
        return size(repository, digest, size).equals(OptionalLong.of(size));
    }

    /**
     * The size of a blob; empty where there is none.
     *
     * @param otherwise the size of one that is there where the registry does not tell it
     */
    OptionalLong size(ImageRepository repository, String digest, long otherwise)
            throws IOException, InterruptedException {
        try (HttpResponse answer = api.send("HEAD", repository, repository.path() + "/blobs/" + digest)) {
            if (answer.status() == 404) {
                return OptionalLong.empty();
            }
            requireOk(answer, repository, "looking for " + digest + " in " + repository);
            return OptionalLong.of(answer.header("Content-Length")
                    .filter(length -> length.matches("\\d{1,18}"))
                    .map(Long::parseLong)
                    .orElse(otherwise));
        }
    }

    /** Opens a blob that is there at one of its bytes; to be closed. */
    InputStream open(ImageRepository repository, String digest, long from) throws IOException, InterruptedException {
        HttpResponse answer = api.send("GET", repository, repository.path() + "/blobs/" + digest);
        boolean opened = false;
        try {
            requireOk(answer, repository, "reading " + digest + " of " + repository);
            answer.body().skipNBytes(from);
            opened = true;
            return new FilterInputStream(answer.body()) {
                @Override
                public void close() {
                    answer.close();
                }
            };
        } finally {
            if (!opened) {
                answer.close();
            }
        }
    }

    /** Brings a small blob there in one piece. */
    void put(ImageRepository repository, String digest, byte[] bytes) throws IOException, InterruptedException {
        HttpUrl location = begin(repository);
        boolean done = false;
        try {
            finish(repository, location, digest, RequestBody.create(bytes, BYTES));
            done = true;
        } finally {
            if (!done) {
                cancel(repository, location);
            }
        }
    }

    /** Begins an upload; tells where it goes on. */
    HttpUrl begin(ImageRepository repository) throws IOException, InterruptedException {
        String what = "beginning an upload to " + repository;
        try (HttpResponse answer = api.send("POST", repository, repository.path() + "/blobs/uploads/", NOTHING)) {
            if (answer.status() == 404) {
                throw new SyncException(
                        FailureKind.NOT_FOUND,
                        repository.host() + " knows nowhere to put " + repository.path()
                                + "; make its project or namespace there first" + told(answer));
            }
            requireOk(answer, repository, what);
            return location(answer, what);
        }
    }

    /**
     * Sends all bytes of an upload.
     *
     * @return where it goes on
     */
    HttpUrl send(ImageRepository repository, HttpUrl location, RequestBody body)
            throws IOException, InterruptedException {
        String what = "uploading to " + repository;
        try (HttpResponse answer = api.upload("PATCH", repository, location, body)) {
            requireGoesOn(answer, repository, what);
            return location(answer, what);
        }
    }

    /** Ends an upload under the digest that its bytes are to have. */
    void finish(ImageRepository repository, HttpUrl location, String digest) throws IOException, InterruptedException {
        finish(repository, location, digest, NOTHING);
    }

    private void finish(ImageRepository repository, HttpUrl location, String digest, RequestBody body)
            throws IOException, InterruptedException {
        HttpUrl named =
                location.newBuilder().addQueryParameter("digest", digest).build();
        try (HttpResponse answer = api.upload("PUT", repository, named, body)) {
            if (answer.status() == 400 && !answer.ok()) {
                String told = told(answer);
                if (told.contains("DIGEST_INVALID")) {
                    throw new WrongBytesException(
                            repository.host() + " received other bytes than those of " + digest + told);
                }
                throw refusal(answer.status(), repository, "ending an upload to " + repository, told);
            }
            requireGoesOn(answer, repository, "ending an upload to " + repository);
        }
    }

    /** Gives an upload up, unless the run is being ended: registries clear up what nobody ends. */
    void cancel(ImageRepository repository, HttpUrl location) throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            return;
        }
        try {
            api.upload("DELETE", repository, location, null).close();
        } catch (IOException | SyncException e) {
            // It has the same fate.
        }
    }

    /** A manifest's bytes under a tag or digest; empty where there is none. Counts as a pull where pulls are counted. */
    Optional<byte[]> manifest(ImageRepository repository, String reference) throws IOException, InterruptedException {
        try (HttpResponse answer = api.send("GET", repository, repository.path() + "/manifests/" + reference)) {
            if (answer.status() == 404) {
                return Optional.empty();
            }
            requireOk(answer, repository, "reading " + repository + ":" + reference);
            return Optional.of(RegistryApi.bytes(answer, repository, reference));
        }
    }

    /** Makes a manifest visible under a tag; its parts are there. */
    void publish(ImageRepository repository, String tag, ModelManifest manifest, byte[] bytes)
            throws IOException, InterruptedException {
        String what = "writing " + repository + ":" + tag;
        RequestBody body = RequestBody.create(bytes, MediaType.get(manifest.mediaType()));
        try (HttpResponse answer = api.send("PUT", repository, repository.path() + "/manifests/" + tag, body)) {
            switch (answer.status()) {
                case 400, 404, 405, 406, 415, 422 -> {
                    String told = told(answer);
                    if (told.contains("BLOB_UNKNOWN")) {
                        throw new SyncException(
                                FailureKind.OTHER,
                                repository + " has lost a part of what it had" + told
                                        + "; run once with the option \"verify\", which looks for each",
                                true,
                                null);
                    }
                    throw new SyncException(
                            FailureKind.INCOMPATIBLE,
                            repository.host() + " does not take " + manifest.type() + ": status " + answer.status()
                                    + told + "; mirror to a registry that takes "
                                    + (manifest.isArtifact()
                                            ? "OCI artifacts, or with the option \"oci-form\" as an image"
                                            : "images of OCI's types"));
                }
                default -> requireOk(answer, repository, what);
            }
        }
    }

    /** Removes a manifest, and so every tag of it; what only it named goes when the registry next collects its garbage. */
    void removeManifest(ImageRepository repository, String digest) throws IOException, InterruptedException {
        try (HttpResponse answer = api.send("DELETE", repository, repository.path() + "/manifests/" + digest, null)) {
            if (answer.status() == 405 || answer.status() == 501) {
                throw new SyncException(
                        FailureKind.INCOMPATIBLE,
                        repository.host() + " lets nobody delete" + told(answer)
                                + "; have deletes enabled there, or delete in its own pages");
            }
            if (answer.status() != 404) {
                requireOk(answer, repository, "deleting " + repository + "@" + digest);
            }
        }
    }

    /** An upload that the registry does not know any more, or not so far, is begun anew. */
    private void requireGoesOn(HttpResponse answer, ImageRepository repository, String what)
            throws IOException, InterruptedException {
        if (answer.status() == 404 || answer.status() == 416) {
            throw new NetworkException(
                    repository.host() + ": status " + answer.status() + " when " + what
                            + ": the registry does not know the upload any more",
                    new IOException("upload lost"));
        }
        requireOk(answer, repository, what);
    }

    private void requireOk(HttpResponse answer, ImageRepository repository, String what)
            throws IOException, InterruptedException {
        if (!answer.ok()) {
            String told = told(answer);
            if (answer.status() == 401 || (answer.status() == 403 && !isFull(told))) {
                api.requireOk(answer, repository, what);
            }
            throw refusal(answer.status(), repository, what, told);
        }
    }

    private static SyncException refusal(int status, ImageRepository repository, String what, String told) {
        String said = repository.host() + ": status " + status + " when " + what + told;
        if (status == 507 || isFull(told)) {
            return new SyncException(
                    FailureKind.NO_SPACE, said + "; make room there, or have the quota of that project raised");
        }
        if (status == 413) {
            return new SyncException(
                    FailureKind.INCOMPATIBLE,
                    said + "; a file is larger than that registry, or a proxy before it, lets through: have its limit"
                            + " raised");
        }
        return new SyncException(FailureKind.OTHER, said);
    }

    private static boolean isFull(String told) {
        return FULL.matcher(told.toLowerCase(Locale.ROOT)).find();
    }

    private static HttpUrl location(HttpResponse answer, String what) throws IOException {
        HttpUrl location = answer.header("Location").map(answer.url()::resolve).orElse(null);
        if (location == null) {
            throw new IOException(what + ": the registry does not say where it goes on");
        }
        return location;
    }

    /** What the registry says of its refusal, in one short line that holds no address's query. */
    private static String told(HttpResponse answer) throws IOException {
        JsonNode error;
        try {
            error = Json.MAPPER.readTree(answer.text(16 << 10)).path("errors").path(0);
        } catch (IOException e) {
            return "";
        }
        String text =
                error.path("code").asText("") + " " + error.path("message").asText("");
        String plain = QUERY.matcher(text.replaceAll("\\p{Cntrl}", " ").strip()).replaceAll("?...");
        return plain.isEmpty() ? "" : " (" + plain.substring(0, Math.min(200, plain.length())) + ")";
    }
}
