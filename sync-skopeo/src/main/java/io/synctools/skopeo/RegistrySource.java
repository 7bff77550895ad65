package io.synctools.skopeo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.text.Printable;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Image repositories of registries as a source: their entries are tags.
 *
 * <p>Names are {@code HOST/NAME}. There is no revision to pin, since each tag moves by itself; a pin begins a new look, in
 * which each tag is asked once what it points to, whatever the number of destinations. Thread-safe.
 */
public final class RegistrySource implements Source {
    private final RegistryApi api;
    private final ReferrersApi lists;
    private final Map<ImageRepository, Map<String, TagLook>> looks = new ConcurrentHashMap<>();

    RegistrySource(RegistryApi api) {
        this.api = api;
        lists = new ReferrersApi(api);
    }

    /**
     * The source of a run.
     *
     * @throws IllegalArgumentException if an option or a variable is wrong, saying which and how to mend it
     */
    public static RegistrySource of(RunContext context) {
        RegistryApi api = RegistryApi.of(context);
        api.lookAnew();
        return new RegistrySource(api);
    }

    @Override
    public ArtifactRef pin(ArtifactRef ref) {
        ImageRepository repository = ImageRepository.of(ref);
        looks.remove(repository);
        ItemMeter.current().servedBy(api.endpoint(repository).apiAuthority());
        return ref;
    }

    @Override
    public Listing list(ArtifactRef pinned, NameFilter filter) throws IOException, InterruptedException {
        ImageRepository repository = ImageRepository.of(pinned);
        RegistryApi.Tags tags = api.tags(repository);
        Map<String, String> odd = new HashMap<>();
        tags.odd()
                .forEach(name -> odd.put(
                        name, repository + " lists \"" + Printable.name(name) + "\", which no tag can be; left out"));
        return Listing.divide(tags.names().stream().map(Entry::tag).toList(), filter, Listing.refused(odd));
    }

    @Override
    public void check(ArtifactRef ref) throws IOException, InterruptedException {
        if (ref.pin().isEmpty()) { // else each tag was asked for
            api.check(ImageRepository.of(ref));
        }
    }

    /**
     * What a tag points to; asked once for each look.
     *
     * @throws SyncException {@code NOT_FOUND} if it is not there although it was listed
     */
    Descriptor inspect(ImageRepository repository, String tag) throws IOException, InterruptedException {
        return look(repository, tag).descriptor(repository, tag);
    }

    /** Forgets what a tag points to, because a copy has found that it moved on. */
    void forget(ImageRepository repository, String tag) throws InterruptedException {
        look(repository, tag).forget();
    }

    /** The manifest behind a tag; asked once for each look. Counts as a pull where pulls are counted. */
    Manifest manifest(ImageRepository repository, String tag) throws IOException, InterruptedException {
        return look(repository, tag).manifest(repository, tag);
    }

    /**
     * What refers to a digest; asked once for each look.
     *
     * @param mayHaveTag whether there may be a list under a tag
     */
    List<Referrer> referrers(ImageRepository repository, String digest, boolean mayHaveTag)
            throws IOException, InterruptedException {
        return look(repository, "@" + digest).referrers(repository, digest, mayHaveTag);
    }

    private TagLook look(ImageRepository repository, String tag) {
        return looks.computeIfAbsent(repository, name -> new ConcurrentHashMap<>())
                .computeIfAbsent(tag, name -> new TagLook());
    }

    /** What one tag points to; whoever asks first asks for all. */
    private final class TagLook {
        private final ReentrantLock lock = new ReentrantLock();

        @GuardedBy("lock")
        private @Nullable Descriptor descriptor;

        @GuardedBy("lock")
        private @Nullable Manifest manifest;

        private @Nullable List<Referrer> referrers;

        List<Referrer> referrers(ImageRepository repository, String digest, boolean mayHaveTag)
                throws IOException, InterruptedException {
            lock.lockInterruptibly();
            try {
                List<Referrer> known = referrers;
                if (known == null) {
                    known = lists.list(repository, digest, mayHaveTag);
                    referrers = known;
                }
                return known;
            } finally {
                lock.unlock();
            }
        }

        Descriptor descriptor(ImageRepository repository, String tag) throws IOException, InterruptedException {
            lock.lockInterruptibly();
            try {
                Descriptor known = descriptor;
                if (known == null) {
                    Optional<Descriptor> found = api.head(repository, tag);
                    known = found.orElseThrow(() -> new SyncException(
                            FailureKind.NOT_FOUND, repository + ":" + tag + " was listed but is not there"));
                    descriptor = known;
                }
                return known;
            } finally {
                lock.unlock();
            }
        }

        Manifest manifest(ImageRepository repository, String tag) throws IOException, InterruptedException {
            lock.lockInterruptibly();
            try {
                Manifest known = manifest;
                if (known == null) {
                    known = api.manifest(repository, descriptor(repository, tag).digest());
                    manifest = known;
                }
                return known;
            } finally {
                lock.unlock();
            }
        }

        void forget() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                descriptor = null;
                manifest = null;
            } finally {
                lock.unlock();
            }
        }
    }
}
