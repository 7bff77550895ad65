package io.synctools.examples.hub;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A hub on loopback that speaks both dialects, with files of LFS kind on a second origin; or an image registry. One thread
 * per connection; thread-safe.
 */
public final class Hub implements Closeable {

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

    private final Options options;
    private final Repositories repositories = new Repositories();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final ServerSocketChannel front;
    private final ServerSocketChannel storage;

    private Hub(Options options) throws IOException {
        this.options = options;
        this.front = listen(options.port());
        this.storage = listen(0);
    }

    /** Starts a hub that serves the repositories. */
    public static Hub start(Options options, Collection<HubRepository> repositories) throws IOException {
        return start(options, repositories, new ChunkShelf(Path.of("")));
    }

    /** The same with a chunk store, which has some of the files. */
    public static Hub start(Options options, Collection<HubRepository> repositories, ChunkShelf shelf)
            throws IOException {
        Hub hub = new Hub(options);
        repositories.forEach(hub::put);
        ChunkDialect chunks = new ChunkDialect(shelf, hub.origin(), hub.storageOrigin());
        List<Dialect> dialects = List.of(
                chunks,
                new ModelScopeDialect(hub.repositories, hub.storageOrigin()),
                new HuggingFaceDialect(hub.repositories, hub.origin(), hub.storageOrigin(), chunks));
        hub.serve(hub.front, Dialect.firstOf(dialects));
        hub.serve(hub.storage, Dialect.firstOf(List.of(chunks, new Storage(hub.repositories))));
        return hub;
    }

    /** Starts an image registry whose repositories are OCI layouts in folders of their names. */
    public static Hub registry(Options options, Path folder) throws IOException {
        Hub hub = new Hub(options);
        hub.serve(hub.front, new RegistryDialect(folder));
        return hub;
    }

    /** Adds a repository, or moves it on to other content; the commits before stay, by their names. */
    public void put(HubRepository repository) {
        repositories.put(repository);
    }

    /** The address that clients are given, without a slash at its end. */
    public URI origin() {
        return originOf(front);
    }

    /** Where the second origin serves a file, for clients that want nothing but its bytes. */
    public URI storageOf(HubRepository repository, HubFile file) {
        return URI.create(storageOrigin() + Storage.pathOf(repository, file));
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

    /** Requests answered so far, those at the second origin included. */
    public long requests() {
        return requests.get();
    }

    /** Bytes of files sent so far. */
    public long bytes() {
        return bytes.get();
    }

    /** Connections accepted so far. */
    public long connections() {
        return connections.get();
    }

    /** Stops listening and cuts what is open. */
    @Override
    public void close() throws IOException {
        front.close();
        storage.close();
        for (SocketChannel channel : open) {
            channel.close();
        }
    }

    private URI storageOrigin() {
        return originOf(storage);
    }

    private static URI originOf(ServerSocketChannel server) {
        try {
            return URI.create("http://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort());
        } catch (IOException e) {
            throw new IllegalStateException("the hub is closed", e);
        }
    }

    private static ServerSocketChannel listen(int port) throws IOException {
        return ServerSocketChannel.open()
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    }

    private void serve(ServerSocketChannel server, Dialect dialect) {
        start("hub-accept", () -> {
            while (true) {
                SocketChannel channel = server.accept().setOption(StandardSocketOptions.TCP_NODELAY, true);
                connections.incrementAndGet();
                open.add(channel);
                start("hub-connection", () -> {
                    try (channel) {
                        new Conversation(channel, options, requests, bytes).hold(dialect);
                    } finally {
                        open.remove(channel);
                    }
                });
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // The client went away, or the hub was closed: either way this thread has nothing left to do.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }
}
