package io.synctools.internal.http;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/** A body whose sending is watched write by write, so that neither its length nor a slow producer is taken for a silent server. */
final class WatchedBody extends RequestBody {
    private final RequestBody body;
    private volatile Watchdog.@Nullable Watch watch;

    WatchedBody(RequestBody body) {
        this.body = body;
    }

    /** Who watches; before the request is sent. */
    void watch(Watchdog.Watch by) {
        watch = by;
    }

    @Override
    public @Nullable MediaType contentType() {
        return body.contentType();
    }

    @Override
    public long contentLength() throws IOException {
        return body.contentLength();
    }

    @Override
    public boolean isOneShot() {
        return body.isOneShot();
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        Watchdog.Watch by = watch;
        if (by == null) {
            body.writeTo(sink);
            return;
        }
        by.leave(0);
        try {
            BufferedSink watched = Okio.buffer(new ForwardingSink(sink) {
                @Override
                public void write(Buffer from, long count) throws IOException {
                    by.enter();
                    try {
                        super.write(from, count);
                    } finally {
                        by.leave(count);
                    }
                }
            });
            body.writeTo(watched);
            watched.emit();
        } finally {
            by.enter();
        }
    }
}
