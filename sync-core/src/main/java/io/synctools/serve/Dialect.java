package io.synctools.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiConsumer;

/** How the clients of one hub ask, and what they are answered; found by {@code ServiceLoader}. Thread-safe. */
public interface Dialect {

    /** The scheme of the artifacts that it serves, for example {@code huggingface}. */
    String scheme();

    /**
     * The answer to a request; empty where it is none of this hub's.
     *
     * @throws IOException if what is asked for cannot be read just now
     */
    Optional<HubResponse> answer(HubRequest request, Shelf shelf) throws IOException;

    /**
     * Tells what the hub's clients keep of each file in a folder of theirs and a proof does not: path and fact. Nothing
     * unless overridden.
     */
    default void facts(Path folder, BiConsumer<String, String> each) throws IOException {}
}
