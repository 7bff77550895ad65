package io.synctools.examples.bench;

import java.io.IOException;
import java.util.Objects;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Puts images into a repository of a registry and asks what its tags name, by the OCI distribution specification. Thread-safe.
 *
 * @param client speaks http
 * @param base of the repository's addresses
 */
record RegistryClient(OkHttpClient client, String base) {

    /** A repository of a registry without accounts. */
    static RegistryClient of(String authority, String repository) {
        return new RegistryClient(new OkHttpClient(), "http://" + authority + "/v2/" + repository);
    }

    /** Uploads an image with everything that it consists of. */
    void push(Image image, String tag) throws IOException {
        for (Image.Part blob : image.blobs()) {
            HttpUrl upload = send(base + "/blobs/uploads/", "POST", "text/plain", new byte[0]);
            HttpUrl whole = upload.newBuilder()
                    .addQueryParameter("digest", blob.digest())
                    .build();
            send(whole.toString(), "PUT", "application/octet-stream", blob.bytes());
        }
        for (Image.Part manifest : image.manifests()) {
            send(base + "/manifests/" + manifest.digest(), "PUT", manifest.type(), manifest.bytes());
        }
        tag(image, tag);
    }

    /** Lets one more tag name an image that is there. */
    void tag(Image image, String tag) throws IOException {
        send(
                base + "/manifests/" + tag,
                "PUT",
                image.index().type(),
                image.index().bytes());
    }

    /** What a tag names; the status where it names nothing. */
    String digest(String tag) throws IOException {
        Request request = new Request.Builder()
                .url(base + "/manifests/" + tag)
                .head()
                .header("Accept", Image.INDEX)
                .build();
        try (Response answer = client.newCall(request).execute()) {
            return answer.header("Docker-Content-Digest", String.valueOf(answer.code()));
        }
    }

    /** Sends and requires success; gives where the answer says to go on. */
    private HttpUrl send(String url, String method, String type, byte[] body) throws IOException {
        Request request = new Request.Builder()
                .url(url)
                .method(method, RequestBody.create(body, MediaType.get(type)))
                .build();
        try (Response answer = client.newCall(request).execute()) {
            if (!answer.isSuccessful()) {
                throw new IOException(method + " " + url + ": " + answer.code() + " "
                        + answer.body().string());
            }
            return Objects.requireNonNull(answer.request().url().resolve(answer.header("Location", "")));
        }
    }
}
