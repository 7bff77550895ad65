package io.synctools.internal.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;

/** What a server answered; to be closed. Not thread-safe. */
public interface Answer extends Closeable {

    /** The status, for example 200. */
    int status();

    /** The first header of that name, in any case. */
    Optional<String> header(String name);

    /** All headers of that name, in any case. */
    List<String> headers(String name);

    /** The address that answered, after redirects. */
    HttpUrl url();

    /** The body as it arrives; a body that is cut short throws {@link IOException}. */
    InputStream body();

    /**
     * The whole body as UTF-8 text.
     *
     * @param limit bytes; a longer body is cut there, for error messages
     */
    String text(int limit) throws IOException;

    /** Whether the status is 2xx. */
    default boolean ok() {
        return status() / 100 == 2;
    }

    @Override
    void close();
}
