package io.synctools.examples.guides;

import io.synctools.SyncListener;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import javax.net.ssl.SSLContext;

/** The folders of models, for a service that loads them. */
final class Models implements AutoCloseable {
    private final Syncer syncer;

    Models(Map<String, String> environment, SSLContext tls, ThreadFactory threads) {
        this.syncer = Syncer.builder()
                .options(SyncOptions.builder()
                        .environment(environment)
                        .waitFor(Duration.ofMinutes(5)) // for another machine that just mirrors the same
                        .build())
                .sslContext(tls)
                .proxySelector(ProxySelector.getDefault())
                .threads(threads)
                .header("hub.example.com", "X-Team", "blue")
                .listener(new Requests())
                .build();
    }

    /** Mirrored and verified first if it is not there. */
    Path folder(String name) throws InterruptedException {
        return syncer.resolve(ArtifactRef.parse("modelscope:models/" + name));
    }

    /** As it was left, without a request; an error if it is not there. */
    Path folderOffline(String name) throws InterruptedException, IOException {
        return syncer.resolveOffline(ArtifactRef.parse("modelscope:models/" + name));
    }

    @Override
    public void close() {
        syncer.close();
    }

    /** Called one at a time, on threads of the engine. */
    private static final class Requests implements SyncListener {
        @Override
        public void requested(SyncItem item, Request request) {
            System.out.println(request.method() + " " + request.host() + request.path() + " " + request.status() + " "
                    + request.bytes() + " B " + request.time().toMillis() + " ms");
        }

        @Override
        public void retried(SyncItem item, Retry retry) {
            System.out.println(retry.what() + ": " + retry.reason() + "; again in " + retry.pause());
        }
    }
}
