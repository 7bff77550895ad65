package io.synctools.internal.http;

import io.synctools.spi.RunHttp;
import java.net.URI;
import okhttp3.HttpUrl;

/** What a server answered; to be closed. Not thread-safe. */
public interface HttpResponse extends RunHttp.Response {

    /** The address that answered, after redirects. */
    HttpUrl url();

    @Override
    default URI address() {
        return url().uri();
    }
}
