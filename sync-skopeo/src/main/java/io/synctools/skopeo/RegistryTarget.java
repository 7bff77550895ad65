package io.synctools.skopeo;

import io.synctools.internal.retry.Retrier;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Image repositories of registries as a destination: tags are compared over the registry API and copied by skopeo.
 *
 * <p>Names are {@code HOST/NAME}. Nothing is deleted. Thread-safe.
 */
public final class RegistryTarget implements Target<RegistrySource> {
    private final RegistryApi api;
    private final ReferrersApi referrersApi;
    private final DigestLedger ledger;
    private final Skopeo skopeo;
    private final CopyRetries retries;
    private final Path temporary;
    private final int copiesPerHost;
    private final boolean trusting;
    private final Map<Endpoint, Semaphore> slots = new ConcurrentHashMap<>();

    private RegistryTarget(RunContext context, Skopeo skopeo) {
        api = RegistryApi.of(context);
        referrersApi = new ReferrersApi(api);
        trusting = !context.options().get(SyncOptions.VERIFY);
        ledger = DigestLedger.of(context);
        retries = new CopyRetries(Retrier.of(context), TimeSource.SYSTEM);
        temporary = Path.of(context.env("TMPDIR").orElse(System.getProperty("java.io.tmpdir", "/tmp")));
        copiesPerHost = context.options().get(SkopeoOptions.COPIES_PER_HOST);
        this.skopeo = skopeo;
    }

    /**
     * The target of a run. Finds skopeo and asks for its version.
     *
     * @throws IllegalArgumentException if an option or a variable is wrong, or skopeo is missing or too old; the message says how
     *     to mend it
     */
    public static RegistryTarget of(RunContext context) {
        return new RegistryTarget(context, Skopeo.find(context, ProcessRunner.ofTools()));
    }

    @Override
    public Class<RegistrySource> pullsFrom() {
        return RegistrySource.class;
    }

    @Override
    public Replica open(RegistrySource source, SyncItem item, Reporter reporter) {
        ImageRepository to = ImageRepository.of(item.to());
        Semaphore room = slots.computeIfAbsent(api.endpoint(to), e -> new Semaphore(copiesPerHost, true));
        TagComparison comparison =
                new TagComparison(api, ledger, source, ImageRepository.of(item.from()), to, new TagRule(item.filter()));
        TagCopier copier = new TagCopier(api, ledger, skopeo, temporary);
        return new RegistryReplica(comparison, copier, ledger, retries, room, referrers(source, item, to));
    }

    private Optional<Referrers> referrers(RegistrySource source, SyncItem item, ImageRepository to) {
        if (!item.filter().referrers()) {
            return Optional.empty();
        }
        if (!skopeo.canPreserve()) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    "\"referrers\" needs skopeo 1.6 or later, which copies manifests as they are; install a newer one, or"
                            + " leave it out of that rule");
        }
        ImageRepository from = ImageRepository.of(item.from());
        return Optional.of(new Referrers(api, referrersApi, ledger, source, from, to, trusting));
    }

    /** Empty: images have no path on this machine. */
    @Override
    public String path(ArtifactRef destination) {
        ImageRepository.of(destination);
        return "";
    }
}
