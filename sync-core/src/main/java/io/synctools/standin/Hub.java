package io.synctools.standin;

import io.synctools.internal.serve.Dialects;
import io.synctools.internal.serve.HttpFront;
import io.synctools.serve.Dialect;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import io.synctools.serve.Shelf;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A hub on loopback that speaks every dialect on the path, over content made for it, with files of LFS kind on a second
 * origin. Thread-safe.
 */
public final class Hub implements Closeable {
    private static final int MOST_CONNECTIONS = 10_000;
    private static final int LARGEST_BODY = 256 << 20;
    private static final int WORKERS = 24;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /**
     * How the hub behaves.
     *
     * @param port to listen on; 0 for any free one
     * @param latency how long each request waits for its answer
     * @param bytesPerSecond the most that one connection gets; 0 for no limit
     */
    public record Options(int port, Duration latency, long bytesPerSecond) {
        /** Any free port, no latency, no limit. */
        public static final Options PLAIN = new Options(0, Duration.ZERO, 0);
    }

    /**
     * What a hub speaks beside the dialects on the path.
     *
     * @param dialects asked before those
     * @param facts {@link io.synctools.serve.ServedFile#fact()} of each file
     */
    public record More(List<Dialect> dialects, Function<HubFile, String> facts) {
        /** Nothing; the commit that changed a file last, which hubs tell, is made up from its content. */
        public static final More NONE = new More(List.of(), HubFile::gitBlob);

        public More {
            dialects = List.copyOf(dialects);
        }
    }

    private final Options options;
    private final Repositories repositories;
    private final HttpFront front;
    private final HttpFront storage;

    private Hub(Options options, List<Dialect> dialects, More more) throws IOException {
        this.options = options;
        repositories = new Repositories(more.facts(), this::storageOrigin);
        List<Dialect> all = new ArrayList<>(more.dialects());
        all.addAll(dialects);
        List<Dialect> second = new ArrayList<>(more.dialects());
        second.add(new Storage(repositories));
        front = listen(options.port(), all);
        try {
            storage = listen(0, second);
        } catch (IOException | RuntimeException e) {
            front.close();
            throw e;
        }
    }

    private HttpFront listen(int port, List<Dialect> dialects) throws IOException {
        HttpFront.Options how = new HttpFront.Options(
                InetAddress.getLoopbackAddress(),
                port,
                Optional.empty(),
                MOST_CONNECTIONS,
                LARGEST_BODY,
                WORKERS,
                options.latency(),
                options.bytesPerSecond(),
                PATIENCE,
                PATIENCE);
        return HttpFront.start(how, new HttpFront.Service() {
            @Override
            public HubResponse answer(HubRequest request, int attempt) throws IOException {
                return Dialects.answer(dialects, request, repositories);
            }
        });
    }

    /** Starts a hub that serves the repositories. */
    public static Hub start(Options options, Collection<HubRepository> repositories) throws IOException {
        return start(options, repositories, More.NONE);
    }

    /** The same with more dialects. */
    public static Hub start(Options options, Collection<HubRepository> repositories, More more) throws IOException {
        Hub hub = new Hub(options, Dialects.installed(), more);
        repositories.forEach(hub::put);
        return hub;
    }

    /** Starts a server that speaks these dialects only, and has no repositories. */
    public static Hub speaking(Options options, List<Dialect> dialects) throws IOException {
        return new Hub(options, List.of(), new More(dialects, file -> ""));
    }

    /** Adds a repository, or moves it on to other content; the commits before stay, by their names. */
    public void put(HubRepository repository) {
        repositories.put(repository);
    }

    /** What it has. */
    public Shelf shelf() {
        return repositories;
    }

    /** The address that clients are given, without a slash at its end. */
    public URI origin() {
        return originOf(front);
    }

    /** The address of the second origin, without a slash at its end. */
    public URI storageOrigin() {
        return originOf(storage);
    }

    /** Where the second origin serves a file, for clients that want nothing but its bytes. */
    public URI storageOf(HubRepository repository, HubFile file) {
        return URI.create(storageOrigin() + Storage.pathOf(repository, file.sha256()));
    }

    /** Where everybody asks for a file first; storage may be one redirect away. */
    public URI addressOf(HubRepository repository, HubFile file) {
        return URI.create(
                origin() + "/" + repository.name().replaceFirst("^models/", "") + "/resolve/main/" + file.path());
    }

    /** Whether it limits the speed of each connection. */
    public boolean isCapped() {
        return options.bytesPerSecond() > 0;
    }

    /** Whether it answers at once. */
    public boolean isPrompt() {
        return options.latency().isZero();
    }

    /** Requests so far, those at the second origin included. */
    public long requests() {
        return front.counts().requests() + storage.counts().requests();
    }

    /** Bytes of files sent so far. */
    public long bytes() {
        return front.counts().bytes() + storage.counts().bytes();
    }

    /** Connections accepted so far. */
    public long connections() {
        return front.counts().accepted() + storage.counts().accepted();
    }

    /** Stops listening and cuts what is open. */
    @Override
    public void close() {
        front.close();
        storage.close();
    }

    private static URI originOf(HttpFront server) {
        return URI.create("http://127.0.0.1:" + server.address().getPort());
    }
}
