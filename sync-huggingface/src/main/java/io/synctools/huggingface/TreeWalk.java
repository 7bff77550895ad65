package io.synctools.huggingface;

import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;

/**
 * The pages of one tree listing, gone through once; where a page fails it can be taken up again at that page, since what
 * a commit holds does not change. Not thread-safe.
 */
final class TreeWalk {
    private static final int MOST_PAGES = 100_000;

    private final Key key;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<HttpUrl> seen = new HashSet<>();
    private Optional<HttpUrl> next;

    /**
     * What is listed, and by whom.
     *
     * @param endpoint where
     * @param repo the repository
     * @param commit its commit
     */
    record Key(HubEndpoint endpoint, RepoId repo, String commit) {}

    TreeWalk(Key key) {
        this.key = key;
        this.next = Optional.of(key.endpoint().tree(key.repo(), key.commit()));
    }

    /** All files of the commit. */
    List<Entry> finish(HubApi api) throws IOException, InterruptedException {
        while (next.isPresent()) {
            HttpUrl page = next.get();
            if (seen.contains(page) || seen.size() == MOST_PAGES) {
                throw new SyncException(
                        FailureKind.INCOMPATIBLE,
                        key.endpoint().host() + ": " + key.repo() + ": the listing never ends (page " + seen.size()
                                + " leads back); check HF_ENDPOINT");
            }
            List<Entry> read = new ArrayList<>();
            Optional<HttpUrl> following = api.treePage(key.endpoint(), key.repo(), page, read);
            entries.addAll(read);
            seen.add(page);
            next = following;
        }
        return entries;
    }
}
