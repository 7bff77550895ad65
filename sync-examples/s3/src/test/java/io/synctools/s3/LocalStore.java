package io.synctools.s3;

import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import okhttp3.HttpUrl;
import okhttp3.RequestBody;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

/** A store of somebody else's on this machine, which checks signatures and checksums; one bucket, in memory. */
final class LocalStore implements AutoCloseable {
    static final String BUCKET = "models-here";
    static final String KEY = "local-identity";
    static final String SECRET = "local-secret-that-nobody-may-see";

    private final S3Proxy proxy;

    LocalStore() throws Exception {
        Properties properties = new Properties();
        proxy = S3Proxy.builder()
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V4, KEY, SECRET)
                .ignoreUnknownHeaders(false)
                .maximumTimeSkew(900)
                .blobStore(BlobStores.create("transient-nio2", properties))
                .build();
        proxy.start();
        makeBucket();
    }

    /** None of what we offer makes buckets: whoever owns the store does. */
    private void makeBucket() throws Exception {
        RunContext context = context(Map.of());
        HttpUrl url = StoreAddress.of(BUCKET, context, Profile.of(context)).bucket(Map.of());
        Map<String, String> signed = new Signature(
                        new StoreCredentials(KEY, SECRET, Optional.empty(), "a test"), "us-east-1")
                .headers("PUT", url, Map.of(), Signature.sha256(new byte[0]), Instant.now());
        try (HttpResponse answer = Http.of(context)
                .send(new HttpRequest("PUT", url, signed, Map.of(), false, RequestBody.create(new byte[0])))) {
            if (!answer.ok()) {
                throw new IllegalStateException("no bucket: " + answer.status() + answer.text(2000));
            }
        }
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    /** What a runner of this store knows. */
    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        environment.put("AWS_ENDPOINT_URL", endpoint().toString());
        environment.put("AWS_ACCESS_KEY_ID", KEY);
        environment.put("AWS_SECRET_ACCESS_KEY", SECRET);
        environment.put("AWS_REGION", "us-east-1");
        return environment;
    }

    RunContext context(Map<String, String> more) {
        Map<String, String> environment = environment();
        environment.putAll(more);
        return RunContext.of(
                SyncOptions.builder().environment(environment).retries(0).build());
    }

    /** The same runner's options beside the environment. */
    RunContext context(SyncOptions options) {
        return RunContext.of(SyncOptions.builder()
                .environment(environment())
                .waitFor(options.get(SyncOptions.WAIT))
                .build());
    }

    StoreApi api() {
        RunContext context = context(Map.of());
        return new StoreTarget(context, StoreTarget.PART, StoreTarget.COPIED_WHOLE).api(BUCKET);
    }

    /** Every object of the bucket, by its key. */
    Map<String, StoreApi.Listed> objects() throws Exception {
        Map<String, StoreApi.Listed> all = new TreeMap<>();
        api().list("", listed -> all.put(listed.key(), listed));
        return all;
    }

    @Override
    public void close() throws Exception {
        proxy.stop();
    }
}
