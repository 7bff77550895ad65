package io.synctools.huggingface;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.huggingface.xet.ChunkStore;
import io.synctools.huggingface.xet.ChunkedFile;
import io.synctools.huggingface.xet.NoChunksException;
import io.synctools.huggingface.xet.Recipe;
import io.synctools.huggingface.xet.StoreAccess;
import io.synctools.internal.http.Endpoints;
import io.synctools.internal.http.Http;
import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.retry.Failures;
import io.synctools.internal.retry.MismatchException;
import io.synctools.internal.retry.TimeSource;
import io.synctools.internal.text.Printable;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Files by the chunks of the hub's store. A file whose chunks cannot be had is left to plain HTTP, with a note; so is
 * everything once a store turns out to be out of reach.
 *
 * <p>Thread-safe; does not retry.
 */
final class ChunkedFiles {
    /** In flight, and a few that have just ended. */
    private static final int MOST_KNOWN = 256;

    private static final int MOST_STRIKES = 3;
    private static final int MOST_VAIN_FILES = 2;

    private final Endpoints endpoints;
    private final HubApi api;
    private final ChunkStore store;
    private final TimeSource time;
    private final Map<Place, StoreAccess> accesses = new ConcurrentHashMap<>();

    @GuardedBy("files")
    private final Map<Name, Known> files = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Name, Known> eldest) {
            return size() > MOST_KNOWN;
        }
    };

    /** Whether bytes have ever come: a store that answers is not enough where a firewall holds back what it leads to. */
    private final AtomicBoolean reached = new AtomicBoolean();

    private final AtomicInteger vain = new AtomicInteger();

    ChunkedFiles(Endpoints endpoints, HubApi api, Http http, TimeSource time) {
        this.endpoints = endpoints;
        this.api = api;
        this.store = new ChunkStore(http);
        this.time = time;
    }

    private record Place(RepoId repo, String commit) {}

    /** With its size: a listing may be wrong. */
    private record Name(Place place, String hash, long size) {}

    /** What a file is made of, and of which xorbs. */
    record Made(Recipe recipe, Set<Long> xorbs) {}

    /** A file and how it went. */
    private static final class Known {
        private final ChunkedFile file;
        private final AtomicInteger strikes = new AtomicInteger();
        private volatile @Nullable Made made;

        Known(ChunkedFile file) {
            this.file = file;
        }

        Made made() throws IOException, InterruptedException {
            Made known = made;
            if (known == null) {
                Recipe recipe = new Recipe(file.terms());
                known = new Made(recipe, recipe.xorbs());
                made = known;
            }
            return known;
        }
    }

    /** Asks for something of a file. */
    @FunctionalInterface
    private interface Question<T> {
        T ask(Known file) throws IOException, InterruptedException;
    }

    /** Opens exactly a range; empty where the file is to come another way. */
    Optional<InputStream> open(RepoId repo, String commit, Entry entry, ByteRange range)
            throws IOException, InterruptedException {
        return ask(repo, commit, entry, known -> new Watched(known.file.open(range), known));
    }

    /** Where the file is best cut; empty where the file is to come another way. */
    Optional<List<ByteRange>> parts(RepoId repo, String commit, Entry entry, long least)
            throws IOException, InterruptedException {
        return ask(repo, commit, entry, known -> known.file.parts(least));
    }

    /** What a file is made of; empty where the file came another way. */
    Optional<Made> made(RepoId repo, String commit, Entry entry) throws IOException, InterruptedException {
        return ask(repo, commit, entry, Known::made);
    }

    private <T> Optional<T> ask(RepoId repo, String commit, Entry entry, Question<T> question)
            throws IOException, InterruptedException {
        Optional<Known> found = find(repo, commit, entry);
        if (found.isEmpty() || found.get().strikes.get() >= MOST_STRIKES) {
            return Optional.empty();
        }
        Known known = found.get();
        try {
            return Optional.of(question.ask(known));
        } catch (NoChunksException | SyncException e) {
            return giveUp(known, entry, e);
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            boolean outOfReach = !reached.get() && !(e instanceof RetryLaterException);
            if (outOfReach || known.strikes.incrementAndGet() >= MOST_STRIKES) {
                return giveUp(known, entry, e);
            }
            throw e;
        }
    }

    private <T> Optional<T> giveUp(Known known, Entry entry, Exception why) {
        known.strikes.set(MOST_STRIKES);
        if (!reached.get()) {
            vain.incrementAndGet();
        }
        ItemMeter.current()
                .note(
                        entry.path(),
                        "comes by plain HTTP, since its chunks cannot be had: "
                                + Printable.words(Failures.message(why)));
        return Optional.empty();
    }

    private Optional<Known> find(RepoId repo, String commit, Entry entry) {
        if (entry.size() <= 0 || (!reached.get() && vain.get() >= MOST_VAIN_FILES)) {
            return Optional.empty();
        }
        String hash = GitFacts.of(entry).map(GitFacts::xetHash).orElse(null);
        if (hash == null) {
            return Optional.empty();
        }
        Place place = new Place(repo, commit);
        StoreAccess access = accesses.computeIfAbsent(
                place,
                any -> new StoreAccess(
                        () -> endpoints.ask(base -> api.storeToken(new HubEndpoint(base), repo, commit)), time));
        synchronized (files) {
            return Optional.of(files.computeIfAbsent(
                    new Name(place, hash, entry.size()),
                    any -> new Known(new ChunkedFile(store, access, hash, entry.size()))));
        }
    }

    /** Remembers how a stream ended. */
    private final class Watched extends FilterInputStream {
        private final Known known;

        Watched(InputStream in, Known known) {
            super(in);
            this.known = known;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int count = in.read(bytes, offset, length);
                if (count < 0) {
                    known.strikes.set(0);
                } else if (!reached.get()) {
                    reached.set(true);
                }
                return count;
            } catch (NoChunksException | SyncException e) {
                known.strikes.set(MOST_STRIKES);
                throw e;
            } catch (IOException e) {
                known.strikes.addAndGet(e instanceof MismatchException ? MOST_STRIKES - 1 : 0);
                throw e;
            }
        }
    }
}
