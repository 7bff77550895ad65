package io.synctools.internal.http;

import io.synctools.spi.RunHttp;
import java.net.URI;
import java.util.List;
import okhttp3.Challenge;
import okhttp3.HttpUrl;

/** What a server answered; to be closed. Not thread-safe. */
public interface HttpResponse extends RunHttp.Response {

    /** The address that answered, after redirects. */
    HttpUrl url();

    /** What a 401 says of the accounts that it takes, of all headers in their order. */
    List<Challenge> challenges();

    @Override
    default URI address() {
        return url().uri();
    }
}
