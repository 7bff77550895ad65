package io.synctools.s3;

import io.synctools.internal.http.FirstRefusal;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Object stores as a place for models and datasets. Thread-safe. */
final class StoreTarget implements Target<FileSource> {
    /** The least part of an upload, and the largest file that comes without parts. */
    static final long PART = 16L << 20;

    /** The largest object that a store copies in one request. */
    static final long COPIED_WHOLE = 5L << 30;

    private final RunContext context;
    private final long part;
    private final long copiedWhole;
    private final Profile profile;
    private final StoreCredentials credentials;
    private final Map<String, StoreApi> buckets = new ConcurrentHashMap<>();

    /** Wrong credentials are refused once, not for each item. */
    private final FirstRefusal<String> refusals = new FirstRefusal<>();

    StoreTarget(RunContext context, long part, long copiedWhole) {
        this.context = context;
        this.part = part;
        this.copiedWhole = copiedWhole;
        this.profile = Profile.of(context);
        this.credentials = credentials(context, profile);
        StoreAddress.of("bucket", context, profile); // says now what is wrong with the endpoint
    }

    private static StoreCredentials credentials(RunContext context, Profile profile) {
        Optional<String> key = context.env("AWS_ACCESS_KEY_ID");
        Optional<String> secret = context.env("AWS_SECRET_ACCESS_KEY");
        if (key.isPresent() != secret.isPresent()) {
            throw new IllegalArgumentException("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together; set "
                    + (key.isPresent() ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID") + ", or unset the other");
        }
        if (key.isPresent()) {
            return new StoreCredentials(key.get(), secret.get(), context.env("AWS_SESSION_TOKEN"), "AWS_ACCESS_KEY_ID");
        }
        Optional<String> kept = profile.value("aws_access_key_id");
        if (kept.isPresent() && profile.value("aws_secret_access_key").isPresent()) {
            return new StoreCredentials(
                    kept.get(),
                    profile.value("aws_secret_access_key").get(),
                    profile.value("aws_session_token"),
                    "profile \"" + profile.name() + "\" in ~/.aws");
        }
        throw new IllegalArgumentException("no credentials for the store: set AWS_ACCESS_KEY_ID and"
                + " AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials");
    }

    @Override
    public Class<FileSource> pullsFrom() {
        return FileSource.class;
    }

    @Override
    public String path(ArtifactRef destination) {
        StorePlace place = StorePlace.of(destination);
        return place.bucket() + "/" + place.folder().substring(0, place.folder().length() - 1);
    }

    @Override
    public Replica open(FileSource source, SyncItem item, Reporter reporter) throws IOException, InterruptedException {
        StorePlace place = StorePlace.of(item.to());
        return refusals.ask(
                place.bucket(), () -> new StoreReplica(this, api(place.bucket()), place, source, item, reporter));
    }

    /** What answers for a bucket. */
    StoreApi api(String bucket) {
        try {
            return buckets.computeIfAbsent(
                    bucket,
                    name -> new StoreApi(
                            context, name, StoreAddress.of(name, context, profile), credentials, checksums()));
        } catch (IllegalArgumentException e) {
            throw new SyncException(FailureKind.OTHER, String.valueOf(e.getMessage()), false, e);
        }
    }

    /** Older stores take no checksum behind a body; the variable is the one by which all clients are told so. */
    private boolean checksums() {
        return context.env("AWS_REQUEST_CHECKSUM_CALCULATION")
                .or(() -> profile.value("request_checksum_calculation"))
                .filter("when_required"::equalsIgnoreCase)
                .isEmpty();
    }

    RunContext context() {
        return context;
    }

    long part() {
        return part;
    }

    long copiedWhole() {
        return copiedWhole;
    }
}
