package io.synctools.huggingface;

import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.http.PageBound;
import io.synctools.internal.text.Printable;
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
    /** Pages of hubs are as long as a round number says. */
    private static final int ROUND = 100;

    private final Key key;
    private final List<Entry> entries = new ArrayList<>();
    private final Set<HttpUrl> seen = new HashSet<>();
    private final List<String> submodules = new ArrayList<>();
    private final PageBound bound;
    private Optional<HttpUrl> next;
    private int lastRows;
    private String filter = "";

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
        this.bound = new PageBound(key.endpoint().host() + ": " + key.repo());
        this.next = Optional.of(key.endpoint().tree(key.repo(), key.commit()));
    }

    /** Goes through what is left. */
    void finish(HubApi api) throws IOException, InterruptedException {
        while (next.isPresent()) {
            HttpUrl page = next.get();
            if (seen.contains(page)) {
                throw refused("the listing never ends (page " + seen.size() + " leads back)");
            }
            List<Entry> read = new ArrayList<>();
            HubApi.Page answer = api.treePage(key.endpoint(), key.repo(), page, read);
            if (!seen.isEmpty() && !filter.equals(answer.filter())) {
                throw new SyncException(
                        FailureKind.UNAVAILABLE,
                        key.endpoint().host() + ": " + key.repo() + ": it changed while it was listed; run again",
                        true,
                        null);
            }
            lastRows = answer.rows().count();
            filter = answer.filter();
            if (answer.next().isPresent()) {
                bound.passed(lastRows);
            }
            entries.addAll(read);
            submodules.addAll(answer.rows().submodules());
            seen.add(page);
            next = answer.next();
        }
        if (lastRows > 0 && lastRows % ROUND == 0) {
            compare(api.siblings(key.endpoint(), key.repo(), key.commit()));
        }
        for (String submodule : submodules) {
            ItemMeter.current()
                    .note(Printable.words(submodule)
                            + ": left out, it is a submodule: its files belong to another repository");
        }
    }

    /** All files of the commit, when it was gone through. */
    List<Entry> entries() {
        return entries;
    }

    /** What a mirror left out of what it serves; empty where it has all. */
    String filter() {
        return filter;
    }

    /** A page that is full may be one whose link to the next was lost on its way, by a proxy for example. */
    private void compare(Set<String> siblings) {
        if (siblings.isEmpty()) {
            return; // nothing to compare with
        }
        Set<String> listed = new HashSet<>(submodules);
        entries.forEach(entry -> listed.add(entry.path()));
        long missing = siblings.stream().filter(name -> !listed.contains(name)).count();
        long unknown = entries.stream()
                .filter(entry -> !siblings.contains(entry.path()))
                .count();
        if (missing > 0 || unknown > 0) {
            throw refused("the listing ends after " + entries.size() + " files, and the repository's description names "
                    + siblings.size() + ": does a proxy drop the Link header?");
        }
    }

    private SyncException refused(String fault) {
        return new SyncException(
                FailureKind.INCOMPATIBLE,
                key.endpoint().host() + ": " + key.repo() + ": " + fault + "; check HF_ENDPOINT");
    }
}
