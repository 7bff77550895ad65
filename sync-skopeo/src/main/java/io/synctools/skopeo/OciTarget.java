package io.synctools.skopeo;

import io.synctools.file.Bandwidth;
import io.synctools.internal.retry.Retrier;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import java.io.IOException;
import java.time.Duration;

/**
 * Registries as a destination of models and datasets: one artifact for each revision, whose layers are the files as they
 * are, so that a layer's digest is the file's; or one image, by {@link SkopeoOptions#OCI_FORM}.
 *
 * <p>Names are {@code HOST/NAMESPACE/models/organization/name}. What the registry has is known by its digests, what is sent
 * to it comes from the hub without a disk between, and the tags are moved last: so two runs at once are right without a
 * lease. Thread-safe.
 */
public final class OciTarget implements Target<FileSource> {
    private final RunContext context;
    private final RegistryApi api;
    private final Retrier retrier;
    private final Bandwidth bandwidth;

    private OciTarget(RunContext context) {
        this.context = context;
        this.api = RegistryApi.of(context);
        this.retrier = Retrier.of(context);
        this.bandwidth = Bandwidth.of(context);
    }

    /** The target of a run. */
    public static OciTarget of(RunContext context) {
        return new OciTarget(context);
    }

    @Override
    public Class<FileSource> pullsFrom() {
        return FileSource.class;
    }

    @Override
    public Replica open(FileSource source, SyncItem item, Reporter reporter) throws IOException, InterruptedException {
        return OciReplica.open(this, source, item);
    }

    @Override
    public String path(ArtifactRef destination) {
        return OciPlace.of(destination).repository().toString();
    }

    @Override
    public String place(ArtifactRef destination) {
        return OciPlace.of(destination).toString();
    }

    RunContext context() {
        return context;
    }

    Blobs blobs() {
        return new Blobs(api);
    }

    RegistryApi api() {
        return api;
    }

    /** Whether what is there is looked for, each file by itself, whatever the manifest says. */
    boolean verifies() {
        return context.options().get(SyncOptions.VERIFY);
    }

    /** Whether an image is written instead of an artifact. */
    boolean writesImages() {
        return context.options().get(SkopeoOptions.OCI_FORM) == SkopeoOptions.OciForm.IMAGE;
    }

    TimeSource time() {
        return TimeSource.of(context);
    }

    /** How long the run goes on without progress. */
    Duration patience() {
        return context.options().get(SyncOptions.RETRY_FOR);
    }

    /** How often an upload is begun again that broke after long work. */
    int restarts() {
        return context.options().get(SyncOptions.RETRIES);
    }

    Retrier retrier() {
        return retrier;
    }

    Bandwidth bandwidth() {
        return bandwidth;
    }
}
