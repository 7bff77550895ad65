package io.synctools.examples.hub;

import java.util.List;
import java.util.Optional;

/** What a hub understands. Thread-safe. */
interface Dialect {

    /** The answer; empty for a request of another dialect. */
    Optional<Answer> answer(Request request);

    /** The dialect that understands what any of these does. */
    static Dialect firstOf(List<Dialect> dialects) {
        return request -> dialects.stream()
                .flatMap(dialect -> dialect.answer(request).stream())
                .findFirst();
    }
}
