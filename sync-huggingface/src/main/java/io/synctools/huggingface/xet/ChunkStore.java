package io.synctools.huggingface.xet;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.synctools.internal.http.ContentRange;
import io.synctools.internal.http.Endpoints;
import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.retry.MismatchException;
import io.synctools.model.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import okhttp3.HttpUrl;

/**
 * Asks the store what files are made of, and the hosts that it names for the bytes (docs/protocols/xet.md sections 3 and 4).
 *
 * <p>The store gets its own token, the hosts get none. Thread-safe; does not retry, but for a token that was refused.
 */
public final class ChunkStore {
    private final Http http;
    /** Stores that speak the first form only. */
    private final Set<HttpUrl> firstFormOnly = ConcurrentHashMap.newKeySet();

    /** @param http sends everything */
    public ChunkStore(Http http) {
        this.http = http;
    }

    /** A stretch of stored bytes on its way; to be closed. */
    record Delivery(InputStream body, HttpResponse answer) implements AutoCloseable {
        @Override
        public void close() {
            answer.close();
        }
    }

    /**
     * What a range of a file is made of.
     *
     * @param hash names the file in the store
     * @param size of the whole file
     * @throws NoChunksException if the store does not tell
     * @throws MismatchException if what it tells cannot be
     */
    Reconstruction reconstruct(StoreAccess access, String hash, ByteRange range, long size)
            throws IOException, InterruptedException {
        StoreToken token = access.token();
        try (HttpResponse first = ask(token, hash, range, size)) {
            if (first.status() != 401) {
                return read(first, range, size);
            }
        }
        access.forget(token);
        try (HttpResponse second = ask(access.token(), hash, range, size)) {
            return read(second, range, size);
        }
    }

    private HttpResponse ask(StoreToken token, String hash, ByteRange range, long size)
            throws IOException, InterruptedException {
        HttpRequest second = question(token, "v2", hash, range, size);
        HttpRequest first = question(token, "v1", hash, range, size);
        if (firstFormOnly.contains(token.store())) {
            return http.send(first);
        }
        HttpResponse known = http.send(second);
        if (known.status() != 404 && known.status() != 501) {
            return known;
        }
        known.close();
        HttpResponse answer = http.send(first);
        if (answer.ok()) {
            firstFormOnly.add(token.store());
        }
        return answer;
    }

    private static HttpRequest question(StoreToken token, String form, String hash, ByteRange range, long size) {
        HttpUrl url = token.store()
                .newBuilder()
                .addPathSegment(form)
                .addPathSegment("reconstructions")
                .addPathSegment(hash)
                .build();
        HttpRequest ask = HttpRequest.get(url)
                .with("Accept-Encoding", "gzip")
                .with(Map.of("Authorization", "Bearer " + token.secret()));
        return range.length() == size ? ask : ask.with("Range", "bytes=" + range.offset() + "-" + (range.end() - 1));
    }

    private static Reconstruction read(HttpResponse answer, ByteRange range, long size) throws IOException {
        String where = Endpoints.authority(answer.url());
        if (!answer.ok()) {
            throw new NoChunksException(where + " answered " + answer.status() + requestId(answer)
                    + " when asked what the file is made of");
        }
        try {
            Reconstruction made = ReconstructionReader.read(where, answer.body(), range, size);
            ItemMeter.current().alsoServedBy(where);
            boolean downgrades = answer.url().isHttps()
                    && made.stored().stream().anyMatch(stored -> !stored.url().isHttps());
            if (downgrades) {
                throw new NoChunksException(where + " names addresses that are plain http");
            }
            return made;
        } catch (JsonProcessingException e) {
            throw new MismatchException(where + ": the answer is not the store's (" + e.getOriginalMessage() + ")");
        }
    }

    private static String requestId(HttpResponse answer) {
        return answer.header("X-Request-Id")
                .filter(id -> id.matches("[A-Za-z0-9_-]{1,64}"))
                .map(id -> " (request " + id + ")")
                .orElse("");
    }

    /**
     * Opens exactly a stored range; empty if its address has expired.
     *
     * @throws MismatchException if other bytes are sent
     */
    Optional<Delivery> open(StoredRange range) throws IOException, InterruptedException {
        String bytes = "bytes=" + range.firstByte() + "-" + range.lastByte();
        HttpResponse answer = http.send(HttpRequest.get(range.url()).with("Range", bytes));
        boolean kept = false;
        try {
            switch (answer.status()) {
                case 401, 403, 410 -> {
                    return Optional.empty();
                }
                case 206 -> checkPart(answer, range);
                case 200 -> skipTo(answer, range);
                default -> throw new IOException(range + ": status " + answer.status());
            }
            kept = true;
            ItemMeter.current().alsoServedBy(Endpoints.authority(range.url()));
            return Optional.of(new Delivery(answer.body(), answer));
        } finally {
            if (!kept) {
                answer.close();
            }
        }
    }

    private static void checkPart(HttpResponse answer, StoredRange range) throws MismatchException {
        boolean fits = answer.header("Content-Range")
                .flatMap(ContentRange::parse)
                .filter(sent -> sent.start() == range.firstByte() && sent.end() == range.lastByte())
                .isPresent();
        if (!fits
                || answer.header("Content-Encoding")
                        .filter(code -> !code.equals("identity"))
                        .isPresent()) {
            throw new MismatchException(range + ": the server sent another part");
        }
    }

    /** A server that ignores ranges sends the whole xorb. */
    private static void skipTo(HttpResponse answer, StoredRange range) throws IOException {
        answer.body().skipNBytes(range.firstByte());
        ItemMeter.current().wasted(range.firstByte());
    }
}
