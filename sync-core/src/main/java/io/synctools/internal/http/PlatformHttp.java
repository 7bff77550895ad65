package io.synctools.internal.http;

import io.synctools.model.ByteRange;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.spi.RunContext;
import io.synctools.spi.RunHttp;
import java.io.IOException;
import java.io.InputStream;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** The client of a run as third parties see it, by types of the JDK. Thread-safe. */
public final class PlatformHttp implements RunHttp {
    private final Http http;

    private PlatformHttp(Http http) {
        this.http = http;
    }

    /** The client of a run. */
    public static PlatformHttp of(RunContext context) {
        return context.shared(PlatformHttp.class, s -> new PlatformHttp(Http.of(s)));
    }

    @Override
    public Response send(Request request) throws IOException, InterruptedException {
        HttpRequest ask = ask(request);
        HttpResponse answer = http.send(ask);
        ItemMeter.current().servedBy(Endpoints.authority(ask.url()));
        ItemMeter.current().alsoServedBy(Endpoints.authority(answer.url()));
        return answer;
    }

    @Override
    public InputStream openRange(Request request, long size, ByteRange range) throws IOException, InterruptedException {
        HttpRequest ask = ask(request);
        InputStream body;
        try {
            body = http.openRange(ask, size, range);
        } catch (StatusException e) {
            throw refusal(e);
        }
        ItemMeter.current().servedBy(Endpoints.authority(ask.url()));
        return body;
    }

    /** What a platform of ours would find out from the body: time mends none of these. */
    private static IOException refusal(StatusException e) throws StatusException {
        switch (e.status()) {
            case 404, 410 ->
                throw new SyncException(
                        FailureKind.NOT_FOUND,
                        e.getMessage()
                                + "; this server does not have it, or no longer; compare the name with what it shows",
                        false,
                        e);
            case 401, 403 ->
                throw new SyncException(
                        FailureKind.ACCESS, e.getMessage() + "; check the credentials for this host", false, e);
            default -> throw e;
        }
    }

    private static HttpRequest ask(Request request) {
        HttpUrl url = HttpUrl.get(request.address()); // its message names the scheme alone
        if (url == null) {
            throw new IllegalArgumentException("an address of http or https is needed for " + request);
        }
        boolean follow = !request.method().equals("HEAD");
        return new HttpRequest(request.method(), url, request.headers(), request.secrets(), follow, body(request));
    }

    private static @Nullable RequestBody body(Request request) {
        return request.method().equals("POST")
                ? RequestBody.create(
                        request.body(), MediaType.parse(request.headers().getOrDefault("Content-Type", "")))
                : null;
    }
}
