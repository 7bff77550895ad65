package io.synctools.huggingface;

import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.http.LinkHeader;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.util.Optional;
import okhttp3.HttpUrl;

/**
 * Finds the next page of a listing in its {@code Link} header, at the endpoint's own origin or not at all: the token
 * travels with the question (docs/protocols/huggingface.md section 3).
 */
final class NextPage {
    private NextPage() {}

    /**
     * The page that follows an answer; empty after the last one.
     *
     * @throws SyncException if it lies at a foreign origin
     */
    static Optional<HttpUrl> of(HttpResponse answer, HubEndpoint endpoint) {
        return LinkHeader.next(answer.headers("Link")).map(link -> atHome(answer.url(), link, endpoint));
    }

    private static HttpUrl atHome(HttpUrl page, String link, HubEndpoint endpoint) {
        HttpUrl named = page.resolve(link);
        HttpUrl next = named == null ? null : endpoint.atHome(named);
        if (next != null && endpoint.owns(next)) {
            return next;
        }
        throw new SyncException(
                FailureKind.INCOMPATIBLE,
                endpoint.host() + ": the listing goes on at " + (next == null ? "an unreadable address" : next.host())
                        + ", which is another host and was not asked; check HF_ENDPOINT");
    }
}
