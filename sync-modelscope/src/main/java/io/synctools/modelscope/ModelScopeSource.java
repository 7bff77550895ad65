package io.synctools.modelscope;

import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.serve.Filtered;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Models and datasets of the ModelScope hub ({@code docs/protocols/modelscope.md} sections 1 to 5).
 *
 * <p>References are named {@code models/<owner>/<name>} or {@code datasets/<owner>/<name>}; without a revision they mean
 * {@code master}. The hub does not name the commit of a branch, so {@link #pin} lists the repository and takes a
 * fingerprint of the listing instead, and {@link #list} answers from what {@code pin} saw: one request for a model that is
 * up to date, for a dataset one and its pages. Thread-safe; starts no threads; does not retry.
 */
public final class ModelScopeSource implements FileSource {
    /** The attribute of a model's {@link Listing} with the Unix seconds at which its branch or tag was made. */
    static final String CREATED_AT = "CreatedAt";

    private static final String DEFAULT_REVISION = "master";
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final int MOST_REMEMBERED = 50_000;

    private final ModelScopeApi hub;
    private final RememberedListings remembered = new RememberedListings(MOST_REMEMBERED);

    /**
     * Reads {@code MODELSCOPE_ENDPOINT}, {@code MODELSCOPE_DOMAIN} and {@code MODELSCOPE_API_TOKEN}; contacts nobody.
     *
     * @throws IllegalArgumentException if one of them is wrong, saying which and how to mend it
     */
    public ModelScopeSource(RunContext context) {
        this(context, ModelScopeAccess.of(context));
    }

    ModelScopeSource(RunContext context, ModelScopeAccess options) {
        hub = new ModelScopeApi(context, options);
    }

    /** Lists the repository, unless the revision is a commit, which does not move. */
    @Override
    public ArtifactRef pin(ArtifactRef ref) throws IOException, InterruptedException {
        RepositoryId repository = RepositoryId.of(ref);
        String revision = revision(ref);
        hub.lookAnew(repository);
        if (COMMIT.matcher(revision).matches()) {
            return ref.pinned(revision, revision);
        }
        ServedFiles files = hub.files(repository, revision);
        ArtifactRef pinned = ref.pinned(revision, Fingerprint.of(files.entries()));
        remembered.put(pinned, files);
        return pinned;
    }

    /**
     * {@inheritDoc}
     *
     * @throws SyncException {@code NOT_FOUND} if the revision moved on since it was pinned, {@code ACCESS} or {@code
     *     NOT_FOUND} as the hub says
     */
    @Override
    public Listing list(ArtifactRef pinned, NameFilter filter) throws IOException, InterruptedException {
        RepositoryId repository = RepositoryId.of(pinned);
        ServedFiles files = remembered.take(pinned).orElse(null);
        if (files == null) {
            files = listAgain(repository, pinned);
        }
        Filtered.requireSame(files.filter(), filter, repository.words());
        Listing listing = Listing.divide(files.entries(), filter, attributes(repository, revision(pinned)));
        return listing.noting(Unproven.notes(listing.entries()));
    }

    /** {@inheritDoc} Of a dataset the one request does not tell whether it has the revision. */
    @Override
    public void check(ArtifactRef ref) throws IOException, InterruptedException {
        if (ref.pin().isEmpty()) { // else the listing told
            hub.check(RepositoryId.of(ref), revision(ref));
        }
    }

    private ServedFiles listAgain(RepositoryId repository, ArtifactRef pinned)
            throws IOException, InterruptedException {
        ServedFiles files = hub.files(repository, revision(pinned));
        boolean hasFingerprint =
                !pinned.pin().isEmpty() && !COMMIT.matcher(pinned.pin()).matches();
        if (hasFingerprint && !pinned.pin().equals(Fingerprint.of(files.entries()))) {
            throw new SyncException(
                    FailureKind.NOT_FOUND,
                    "what " + repository.words() + " held when this run began is gone: " + revision(pinned)
                            + " moved on meanwhile; run again",
                    true,
                    null);
        }
        return files;
    }

    /** Informational, so that a hub which does not tell stops nothing. */
    private Map<String, String> attributes(RepositoryId repository, String revision) throws InterruptedException {
        if (repository.kind() != RepositoryId.Kind.MODEL
                || COMMIT.matcher(revision).matches()) {
            return Map.of();
        }
        try {
            OptionalLong created = hub.createdAt(repository, revision);
            return created.isPresent() ? Map.of(CREATED_AT, Long.toString(created.getAsLong())) : Map.of();
        } catch (IOException | SyncException e) {
            return Map.of();
        }
    }

    @Override
    public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) throws IOException, InterruptedException {
        if (range.length() == 0) {
            return InputStream.nullInputStream();
        }
        return hub.open(RepositoryId.of(pinned), revision(pinned), entry, range);
    }

    private static String revision(ArtifactRef ref) {
        return ref.revision().isEmpty() ? DEFAULT_REVISION : ref.revision();
    }
}
