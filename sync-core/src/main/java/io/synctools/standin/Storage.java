package io.synctools.standin;

import io.synctools.serve.Dialect;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import io.synctools.serve.Shelf;
import java.util.Optional;

/** The second origin, where hubs keep big files: {@code /<kind>/<organization>/<name>/<sha256>}. */
record Storage(Repositories repositories) implements Dialect {

    /** Where a file lies at the second origin, from its first slash on. */
    static String pathOf(HubRepository repository, String sha256) {
        return "/" + repository.name() + "/" + sha256;
    }

    @Override
    public String scheme() {
        return "storage";
    }

    @Override
    public Optional<HubResponse> answer(HubRequest request, Shelf shelf) {
        return repositories
                .content(request.part(0) + "/" + request.part(1) + "/" + request.part(2), request.part(3))
                .map(file -> HubResponse.file(file.content(), file.sha256()));
    }
}
