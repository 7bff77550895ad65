package io.synctools.modelscope;

import io.synctools.internal.http.Endpoints;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The hub's sites, and which of them has a repository: the first that does not answer that there is none, as its own
 * clients look for it ({@code docs/protocols/modelscope.md} section 1). Thread-safe.
 */
final class Sites {
    private final List<Endpoints> all;

    /** By kind and name: what a record of its own takes to hash at its first use, each thread of a run would wait for. */
    private final Map<String, Endpoints> found = new ConcurrentHashMap<>();

    Sites(List<Endpoints> all) {
        this.all = all;
    }

    /** There is no such repository here; perhaps at another site. */
    static final class NotHereException extends SyncException {
        private static final long serialVersionUID = 1L;

        NotHereException(SyncException refusal) {
            super(refusal.kind(), String.valueOf(refusal.getMessage()), refusal.retryable(), refusal.getCause());
        }
    }

    /** Asks the site that has a repository. */
    <T> T ask(RepositoryId repository, Endpoints.Question<T> question) throws IOException, InterruptedException {
        Endpoints known = found.get(repository.words());
        if (known != null) {
            return known.ask(question);
        }
        NotHereException first = null;
        for (Endpoints site : all) {
            try {
                T answer = site.ask(question);
                found.put(repository.words(), site);
                return answer;
            } catch (NotHereException e) {
                first = first == null ? e : first;
            }
        }
        if (first == null || all.size() == 1) {
            throw first == null ? new IllegalStateException("no site") : first;
        }
        String others = all.stream()
                .skip(1)
                .map(site -> Endpoints.authority(site.current()))
                .collect(Collectors.joining(", "));
        throw new SyncException(first.kind(), first.getMessage() + "; it is not at " + others + " either");
    }

    /** Somebody looks for a repository anew. */
    void forget(RepositoryId repository) {
        if (all.size() > 1) {
            found.remove(repository.words());
        }
    }
}
