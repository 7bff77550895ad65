package io.synctools.examples.hub;

import java.util.Optional;

/** The second origin, where hubs keep big files: {@code /<kind>/<organization>/<name>/<sha256>}. */
record Storage(Repositories repositories) implements Dialect {

    /** Where a file lies at the second origin, from its first slash on. */
    static String pathOf(HubRepository repository, HubFile file) {
        return "/" + repository.name() + "/" + file.sha256();
    }

    @Override
    public Optional<Answer> answer(Request request) {
        return repositories
                .content(request.part(0) + "/" + request.part(1) + "/" + request.part(2), request.part(3))
                .map(file -> Answer.file(file).with("ETag", '"' + file.sha256() + '"'));
    }
}
