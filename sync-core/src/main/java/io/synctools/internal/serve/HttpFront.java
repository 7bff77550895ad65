package io.synctools.internal.serve;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.synctools.internal.threads.Threads;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Speaks HTTP/1.1 with any number of clients. A connection that waits, for a request or for a slow reader, holds no thread;
 * answers are found by a small pool, and files go from disk to socket inside the kernel. Thread-safe.
 */
// Netty and not the JDK's server: measured on two cores it takes a third of the CPU for a GiB (it can sendfile), bounds
// line
// and headers, and no slow reader holds a thread of it.
@SuppressWarnings("FutureReturnValueIgnored") // a channel that is being closed tells whoever waits for it
public final class HttpFront implements AutoCloseable {
    private static final int LONGEST_LINE = 8 << 10;
    private static final int LONGEST_HEADERS = 16 << 10;
    private static final int LOOPS = 2;

    /**
     * How it listens.
     *
     * @param address on which
     * @param port 0 for any free one
     * @param tls empty for plain HTTP
     * @param mostConnections more are refused
     * @param largestBody of a request, in bytes
     * @param workers find answers, at most so many at once
     * @param latency how long each request waits for its answer
     * @param bytesPerSecond the most that one connection gets; 0 for no limit
     * @param patience how long a request may take to arrive
     * @param silence how long a connection may carry nothing
     */
    public record Options(
            InetAddress address,
            int port,
            Optional<SslContext> tls,
            int mostConnections,
            int largestBody,
            int workers,
            Duration latency,
            long bytesPerSecond,
            Duration patience,
            Duration silence) {}

    /** What answers. Thread-safe; called by workers, which may wait for a disk. */
    public interface Service {
        /** The answer to a request. */
        HubResponse answer(HubRequest request, int attempt) throws IOException;

        /** The answer, in memory, where it takes no disk to know it. Called by the loops of connections, which may not wait. */
        default Optional<HubResponse> recall(HubRequest request) {
            return Optional.empty();
        }

        /** A request is over. */
        default void ended(Ended request) {}
    }

    /**
     * A request that is over.
     *
     * @param peer who asked
     * @param line method and target as they came; empty where there was nothing to be read
     * @param status what was answered
     * @param bytes of the body that were handed to the system
     * @param nanos from the whole request to its end
     */
    public record Ended(String peer, String line, int status, long bytes, long nanos) {}

    /** What happened since it began. */
    public static final class Counts {
        private final LongAdder accepted = new LongAdder();
        private final LongAdder refused = new LongAdder();
        private final LongAdder requests = new LongAdder();
        private final LongAdder bytes = new LongAdder();

        private Counts() {}

        /** Connections. */
        public long accepted() {
            return accepted.sum();
        }

        /** Connections that were too many. */
        public long refused() {
            return refused.sum();
        }

        /** Requests that were read whole. */
        public long requests() {
            return requests.sum();
        }

        /** Bytes of files. */
        public long bytes() {
            return bytes.sum();
        }

        void countRequest() {
            requests.increment();
        }

        void countBytes(long more) {
            bytes.add(more);
        }
    }

    private final Options options;
    private final Service service;
    private final Threads threads = new Threads();
    private final ExecutorService workers;
    private final ExecutorService readers;
    private final EventLoopGroup loops;
    private final Channel listening;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Counts counts = new Counts();
    private final CountDownLatch ending = new CountDownLatch(1);

    private HttpFront(Options options, Service service) throws IOException {
        this.options = options;
        this.service = service;
        workers = threads.pool("sync-serve", options.workers());
        readers = threads.onDemand("sync-send");
        loops = new MultiThreadIoEventLoopGroup(LOOPS, threads.factory("sync-net"), NioIoHandler.newFactory());
        // Small arenas: what is sent are heads and listings, files never pass through.
        PooledByteBufAllocator buffers = new PooledByteBufAllocator(true, 1, 2, 8 << 10, 5, 0, 0, false);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOCATOR, buffers)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(512, 2048, 16 << 10))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                });
        var bound = bootstrap
                .bind(new InetSocketAddress(options.address(), options.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            threads.close();
            throw new IOException(
                    "cannot listen on " + options.address().getHostAddress() + ":" + options.port() + ": "
                            + bound.cause().getMessage(),
                    bound.cause());
        }
        listening = bound.channel();
    }

    /** Begins to listen. */
    public static HttpFront start(Options options, Service service) throws IOException {
        return new HttpFront(options, service);
    }

    private void accept(SocketChannel channel) {
        counts.accepted.increment();
        if (connections.size() >= options.mostConnections()) {
            counts.refused.increment();
            channel.close();
            return;
        }
        connections.add(channel);
        options.tls().ifPresent(tls -> channel.pipeline().addLast(tls.newHandler(channel.alloc())));
        RequestDeadline deadline = new RequestDeadline(options.patience());
        channel.pipeline()
                .addLast(new IdleStateHandler(true, 0, 0, options.silence().toMillis(), TimeUnit.MILLISECONDS))
                .addLast(deadline)
                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(LONGEST_LINE)
                        .setMaxHeaderSize(LONGEST_HEADERS)))
                .addLast(new HttpServerKeepAliveHandler())
                .addLast(new HttpObjectAggregator(options.largestBody()))
                .addLast(new ChunkedWriteHandler())
                .addLast(new FlowControlHandler(false))
                .addLast(new Conversation(this, deadline));
    }

    Options options() {
        return options;
    }

    Service service() {
        return service;
    }

    ExecutorService workers() {
        return workers;
    }

    ExecutorService readers() {
        return readers;
    }

    boolean isEnding() {
        return ending.getCount() == 0;
    }

    /** Waits for so long for it to be ended; whether it is. */
    public boolean isEndingWithin(Duration time) {
        try {
            return ending.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** What happened so far. */
    public Counts counts() {
        return counts;
    }

    /** Connections that are open. */
    public int connections() {
        return connections.size();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** Whether what it says is encrypted. */
    public boolean isEncrypted() {
        return options.tls().isPresent();
    }

    /** Accepts nobody any more, lets those who are being answered have it all for so long, and ends. */
    public void close(Duration grace) {
        ending.countDown();
        listening.close().awaitUninterruptibly();
        connections.forEach(channel -> channel.eventLoop().execute(() -> {
            Conversation conversation = channel.pipeline().get(Conversation.class);
            if (conversation == null || !conversation.isBusy()) {
                channel.close();
            }
        }));
        connections.newCloseFuture().awaitUninterruptibly(grace.toMillis());
        connections.close().awaitUninterruptibly(1000);
        threads.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2000);
    }

    /** Ends at once, in the middle of whatever is being sent. */
    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
