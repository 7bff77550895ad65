package io.synctools.internal.http;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The asked server itself refused a range, with a status that platforms read: they turn it into what it means there.
 * What an address behind a redirect refuses is a plain {@link IOException}.
 */
public final class StatusException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int BODY_LIMIT = 8192;

    private final int status;
    private final transient okhttp3.Headers headers;
    private final String text;

    StatusException(String message, Exchange answer) throws IOException {
        super(message);
        this.status = answer.status();
        this.headers = answer.allHeaders();
        this.text = answer.text(BODY_LIMIT);
    }

    /** The status, for example 403. */
    public int status() {
        return status;
    }

    /** The first header of that name, in any case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** All headers of that name, in any case. */
    public List<String> headers(String name) {
        return headers.values(name);
    }

    /** The beginning of the body; not part of the message, since it may hold anything. */
    public String text() {
        return text;
    }
}
