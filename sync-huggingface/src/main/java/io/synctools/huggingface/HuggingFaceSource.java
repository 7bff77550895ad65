package io.synctools.huggingface;

import io.synctools.huggingface.xet.Recipe;
import io.synctools.internal.http.Endpoints;
import io.synctools.internal.http.FirstRefusal;
import io.synctools.internal.http.Http;
import io.synctools.internal.retry.TimeSource;
import io.synctools.internal.text.Printable;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.serve.Filtered;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.SharedRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;

/**
 * The Hugging Face hub, or a mirror of it, as a source of models and datasets.
 *
 * <p>The tree listing at the pinned commit is the only truth: it holds size and checksum of every file, so that no file
 * is asked about before it is fetched (docs/protocols/huggingface.md section 10). Thread-safe; starts no threads; does not
 * retry.
 */
public final class HuggingFaceSource implements FileSource {
    private final Endpoints endpoints;
    private final HubApi api;
    /** Empty where all files are to come by plain HTTP. */
    private final Optional<ChunkedFiles> chunks;
    /** Listings that broke off, to go on from the page that failed: a big dataset has hundreds of pages. */
    private final Map<TreeWalk.Key, TreeWalk> unfinished = new ConcurrentHashMap<>();
    /** Repositories whose terms nobody accepted are asked for one file, not for each. */
    private final FirstRefusal<TreeWalk.Key> refusals = new FirstRefusal<>();

    /**
     * The hub that the environment names, reached over the run's shared HTTP client; contacts nobody.
     *
     * @throws IllegalArgumentException if an address or the token is unusable, saying which variable to mend
     */
    public HuggingFaceSource(RunContext context) {
        HuggingFaceAccess access = HuggingFaceAccess.of(context);
        this.endpoints = new Endpoints(access.endpoints().stream()
                .map(address -> HttpUrl.get(address.toString()))
                .toList());
        Http http = Http.of(context);
        http.expect(endpoints);
        this.api = new HubApi(http, access.token());
        this.chunks = HuggingFaceOptions.takesChunks(context)
                ? Optional.of(new ChunkedFiles(endpoints, api, http, TimeSource.of(context)))
                : Optional.empty();
    }

    /** {@inheritDoc} A full commit is its own pin and costs no request; whether it exists the listing tells. */
    @Override
    public ArtifactRef pin(ArtifactRef ref) throws IOException, InterruptedException {
        RepoId repo = RepoId.of(ref);
        String revision = RepoId.revision(ref);
        unfinished.keySet().removeIf(key -> key.repo().equals(repo));
        refusals.forget(key -> key.repo().equals(repo));
        if (RepoId.isCommit(revision)) {
            return ref.pinned(revision, revision);
        }
        return ref.pinned(revision, endpoints.ask(base -> api.commit(new HubEndpoint(base), repo, revision)));
    }

    @Override
    public Listing list(ArtifactRef pinned, NameFilter filter) throws IOException, InterruptedException {
        RepoId repo = RepoId.of(pinned);
        String commit = RepoId.commit(pinned);
        return endpoints.ask(base -> {
            HubEndpoint hub = new HubEndpoint(base);
            TreeWalk walk = walk(new TreeWalk.Key(hub, repo, commit));
            Filtered.requireSame(walk.filter(), filter, hub.host() + ": " + repo);
            Map<String, String> attributes =
                    walk.filter().isEmpty() ? Map.of() : Map.of(Filtered.HEADER, walk.filter());
            return told(Listing.divide(walk.entries(), filter, attributes));
        });
    }

    /** With a word on files that the hub may refuse to send whole, before work begins. */
    private Listing told(Listing listing) {
        List<String> notes = new ArrayList<>(listing.notes());
        for (Entry entry : listing.entries()) {
            boolean hasHash = GitFacts.of(entry).map(GitFacts::xetHash).isPresent();
            if (entry.size() > HuggingFaceRefusal.PLAIN_HTTP_LIMIT && (chunks.isEmpty() || !hasHash)) {
                notes.add(
                        Printable.words(entry.path())
                                + " has more than 50 GB and comes by plain HTTP, which the hub may"
                                + " refuse for files of that size; "
                                + (hasHash
                                        ? "by chunks it would come surely: give the option \"xet\" the value auto, and unset HF_HUB_DISABLE_XET"
                                        : "it lists no chunks of it: should it fail, ask the hub itself or another mirror for it"));
            }
        }
        return new Listing(listing.entries(), listing.leftOut(), listing.attributes(), notes);
    }

    @Override
    public void check(ArtifactRef ref) throws IOException, InterruptedException {
        RepoId repo = RepoId.of(ref);
        String revision = RepoId.revision(ref);
        endpoints.ask(base -> {
            if (ref.pin().isEmpty()) {
                api.check(new HubEndpoint(base), repo, revision);
            } else {
                api.checkAccess(new HubEndpoint(base), repo, repo + "@" + revision);
            }
            return revision;
        });
    }

    private TreeWalk walk(TreeWalk.Key key) throws IOException, InterruptedException {
        TreeWalk begun = unfinished.remove(key);
        TreeWalk walk = begun == null ? new TreeWalk(key) : begun;
        try {
            walk.finish(api);
            return walk;
        } catch (IOException e) {
            unfinished.put(key, walk);
            throw e;
        }
    }

    @Override
    public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) throws IOException, InterruptedException {
        if (range.length() == 0) {
            return InputStream.nullInputStream();
        }
        RepoId repo = RepoId.of(pinned);
        String commit = RepoId.commit(pinned);
        if (chunks.isPresent()) {
            Optional<InputStream> stream = chunks.get().open(repo, commit, entry, range);
            if (stream.isPresent()) {
                return stream.get();
            }
        }
        return endpoints.ask(base -> {
            HubEndpoint hub = new HubEndpoint(base);
            return refusals.ask(new TreeWalk.Key(hub, repo, commit), () -> api.open(hub, repo, commit, entry, range));
        });
    }

    @Override
    public List<ByteRange> parts(ArtifactRef pinned, Entry entry, long size) throws IOException, InterruptedException {
        if (chunks.isEmpty()) {
            return List.of();
        }
        return chunks.get()
                .parts(RepoId.of(pinned), RepoId.commit(pinned), entry, size)
                .orElse(List.of());
    }

    @Override
    public Optional<byte[]> recipe(ArtifactRef pinned, Entry entry) throws IOException, InterruptedException {
        return made(pinned, entry).map(made -> made.recipe().toBytes());
    }

    @Override
    public List<SharedRange> shared(ArtifactRef pinned, Entry entry, byte[] recipe, Path file)
            throws IOException, InterruptedException {
        Optional<ChunkedFiles.Made> made = made(pinned, entry);
        return made.isEmpty() || !Recipe.mentions(recipe, made.get().xorbs())
                ? List.of()
                : made.get().recipe().sharedWith(Recipe.of(recipe), file);
    }

    private Optional<ChunkedFiles.Made> made(ArtifactRef pinned, Entry entry) throws IOException, InterruptedException {
        return chunks.isEmpty() ? Optional.empty() : chunks.get().made(RepoId.of(pinned), RepoId.commit(pinned), entry);
    }
}
