package io.synctools.internal.serve;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.synctools.internal.text.Printable;
import io.synctools.serve.HubRequest;
import io.synctools.serve.HubResponse;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** The requests of one connection, one after the other. Its fields belong to the connection's event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // the future of the last write tells of those before it
final class Conversation extends SimpleChannelInboundHandler<FullHttpRequest> {
    /** A publication renames its files within milliseconds; who asks meanwhile waits for its end, up to two seconds. */
    private static final int ATTEMPTS = 100;

    private static final long BETWEEN_ATTEMPTS = 20;
    /** So much is read before the head is sent. */
    private static final int SMALL = 64 << 10;

    private static final HubRequest NOT_UNDERSTOOD = new HubRequest("", List.of(), Map.of(), Map.of(), new byte[0], "");

    private final HttpFront front;
    private final RequestDeadline deadline;
    private boolean busy;

    Conversation(HttpFront front, RequestDeadline deadline) {
        this.front = front;
        this.deadline = deadline;
    }

    /**
     * One request on its way to its answer.
     *
     * @param isOld of HTTP/1.0, whose clients know no chunks
     * @param sent bytes of its body so far
     */
    private record Asked(
            ChannelHandlerContext context,
            HubRequest request,
            String line,
            boolean isHead,
            boolean isOld,
            long began,
            AtomicLong sent) {}

    /**
     * An answer of which all is open, to be written.
     *
     * @param held what is open, for who does not come to write it
     */
    private record Sending(int status, Closeable held, Supplier<ChannelFuture> write) {
        private static final Closeable NOTHING = () -> {};

        Sending(int status, Supplier<ChannelFuture> write) {
            this(status, NOTHING, write);
        }
    }

    boolean isBusy() {
        return busy;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        super.channelActive(context);
        context.read();
    }

    /** What arrived was not a whole request, or one that was refused before it came to us: the rest, or the next, please. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        super.channelReadComplete(context);
        if (!busy) {
            context.read();
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest message) {
        deadline.isWhole();
        busy = true;
        front.counts().countRequest();
        DecoderResult read = message.decoderResult();
        Optional<HubRequest> request = read.isFailure()
                ? Optional.empty()
                : Requests.of(message, (InetSocketAddress) context.channel().localAddress(), front.isEncrypted());
        Asked asked = new Asked(
                context,
                request.orElse(NOT_UNDERSTOOD),
                read.isFailure() ? "" : message.method() + " " + message.uri(),
                message.method().equals(HttpMethod.HEAD),
                message.protocolVersion().equals(HttpVersion.HTTP_1_0),
                System.nanoTime(),
                new AtomicLong());
        if (request.isEmpty()) {
            HubResponse refusal =
                    HubResponse.json(status(read.cause()), "{\"error\":\"this request is not understood\"}");
            transmit(asked, whole(asked, refusal.with("Connection", "close")));
        } else if (front.options().latency().isZero()) {
            recall(asked);
        } else {
            long latency = front.options().latency().toNanos();
            context.executor().schedule(() -> find(asked, 0), latency, TimeUnit.NANOSECONDS);
        }
    }

    private static int status(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return 414;
        }
        return cause instanceof TooLongHttpHeaderException ? 431 : 400;
    }

    /** What is in memory is answered at once: to wake a worker, and to be woken by it, takes longer than the answer. */
    private void recall(Asked asked) {
        Optional<HubResponse> known = front.service().recall(asked.request());
        if (known.isEmpty()) {
            find(asked, 0);
            return;
        }
        try {
            transmit(asked, prepare(asked, known.get()));
        } catch (IOException | RuntimeException e) {
            transmit(asked, whole(asked, unavailable(asked, e)));
        }
    }

    /** Has a worker find the answer. */
    private void find(Asked asked, int attempt) {
        try {
            front.workers().execute(() -> work(asked, attempt));
        } catch (RejectedExecutionException e) {
            asked.context().close(); // we are ending
        }
    }

    private void work(Asked asked, int attempt) {
        Sending sending;
        try {
            sending = prepare(asked, front.service().answer(asked.request(), attempt));
        } catch (MovedException e) {
            if (attempt < ATTEMPTS) {
                asked.context()
                        .executor()
                        .schedule(() -> find(asked, attempt + 1), BETWEEN_ATTEMPTS, TimeUnit.MILLISECONDS);
                return;
            }
            sending = whole(asked, unavailable(asked, e));
        } catch (IOException | RuntimeException e) {
            sending = whole(asked, unavailable(asked, e));
        }
        transmit(asked, sending);
    }

    /** What is wrong is said in our own log: paths of this machine are nobody else's business. */
    private static HubResponse unavailable(Asked asked, Exception e) {
        warn(asked, e);
        return HubResponse.json(503, "{\"error\":\"not to be read just now; the log of this mirror says why\"}")
                .with("Retry-After", "1");
    }

    private static void warn(Asked asked, Exception e) {
        System.getLogger(HttpFront.class.getName())
                .log(System.Logger.Level.WARNING, "no answer to " + Printable.ascii(asked.line()), e);
    }

    /** Opens what is to be sent. */
    private Sending prepare(Asked asked, HubResponse answer) throws IOException {
        if (answer.body() instanceof HubResponse.Ranged ranged) {
            return ranged(asked, answer, ranged);
        }
        if (answer.body() instanceof HubResponse.Pieces pieces) {
            return pieces(asked, answer, pieces);
        }
        return whole(asked, answer);
    }

    private Sending whole(Asked asked, HubResponse answer) {
        byte[] body = answer.body() instanceof HubResponse.Whole whole ? whole.bytes() : new byte[0];
        HttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        headers(response, answer);
        if (answer.status() != 304) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        }
        return whole(response, asked.isHead() ? new byte[0] : body, asked, asked.sent()::addAndGet);
    }

    /** Head and body in one write. */
    private static Sending whole(HttpResponse head, byte[] body, Asked asked, LongConsumer sent) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                head.protocolVersion(),
                head.status(),
                Unpooled.wrappedBuffer(body),
                head.headers(),
                EmptyHttpHeaders.INSTANCE);
        return new Sending(head.status().code(), () -> {
            sent.accept(body.length);
            return asked.context().writeAndFlush(response);
        });
    }

    private Sending pieces(Asked asked, HubResponse answer, HubResponse.Pieces pieces) {
        HttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        headers(response, answer);
        if (asked.isOld()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        } else {
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        return new Sending(answer.status(), () -> {
            asked.context().write(response);
            return asked.isHead()
                    ? asked.context().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
                    : asked.context().writeAndFlush(new HttpChunkedInput(new Pieces(pieces.pieces(), asked.sent())));
        });
    }

    private Sending ranged(Asked asked, HubResponse answer, HubResponse.Ranged ranged) throws IOException {
        long size = ranged.content().size();
        ByteRanges range = answer.status() == 200
                ? ByteRanges.of(asked.request(), size, ranged.identity())
                : new ByteRanges(0, size, answer.status());
        String etag = ranged.identity().isEmpty() ? "" : '"' + ranged.identity() + '"';
        if (!etag.isEmpty() && asked.request().header("if-none-match").contains(etag)) {
            return whole(
                    asked,
                    new HubResponse(304, answer.headers(), new HubResponse.Whole(new byte[0])).with("ETag", etag));
        }
        HttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(range.status()));
        headers(response, answer);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, range.length());
        response.headers().set(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES);
        if (!etag.isEmpty()) {
            response.headers().set(HttpHeaderNames.ETAG, etag);
        }
        if (range.status() != 200) {
            response.headers()
                    .set(
                            HttpHeaderNames.CONTENT_RANGE,
                            range.status() == 206
                                    ? "bytes " + range.from() + "-" + (range.to() - 1) + "/" + size
                                    : "bytes */" + size);
        }
        byte[] memory = ranged.content().inMemory().orElse(null);
        FileChannel file = memory == null ? ranged.content().open() : null; // also for HEAD: is it there?
        boolean isSmall = (file == null && front.options().bytesPerSecond() == 0) || range.length() <= SMALL;
        if (asked.isHead() || isSmall) {
            try (FileChannel closed = file) {
                byte[] body =
                        asked.isHead() ? new byte[0] : Body.bytes(memory, closed, range.from(), (int) range.length());
                LongConsumer sent = asked.isHead() ? bytes -> {} : sentOf(asked);
                return whole(response, body, asked, sent);
            }
        }
        return new Sending(range.status(), file == null ? Sending.NOTHING : file, () -> {
            Body.Way way = new Body.Way(
                    front.isEncrypted(), front.options().bytesPerSecond(), front.readers(), sentOf(asked), e -> {
                        warn(asked, e);
                        asked.context().close(); // or the next head would be taken for what is missing
                    });
            asked.context().write(response);
            asked.context().write(new Body(memory, file, range, way, asked.context()));
            return asked.context().writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        });
    }

    private LongConsumer sentOf(Asked asked) {
        return more -> {
            asked.sent().addAndGet(more);
            front.counts().countBytes(more);
        };
    }

    private void headers(HttpResponse response, HubResponse answer) {
        answer.headers().forEach((name, value) -> response.headers().set(name, value));
        if (front.isEnding()) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
    }

    /** Sends in the connection's own loop, and goes on with the next request. */
    private void transmit(Asked asked, Sending sending) {
        try {
            asked.context().executor().execute(() -> sending.write().get().addListener(sent -> {
                over(asked, sending.status());
                if (sent.isSuccess() && !front.isEnding()) {
                    asked.context().read();
                } else {
                    asked.context().close();
                }
            }));
        } catch (RejectedExecutionException e) { // we have ended
            try {
                sending.held().close();
            } catch (IOException unread) {
                // It was to be read only.
            }
        }
    }

    private void over(Asked asked, int status) {
        long nanos = System.nanoTime() - asked.began();
        front.service()
                .ended(new HttpFront.Ended(
                        peer(asked.context()),
                        asked.line(),
                        status,
                        asked.sent().get(),
                        nanos));
        busy = false;
        deadline.isAnswered();
    }

    private static String peer(ChannelHandlerContext context) {
        return context.channel().remoteAddress() instanceof InetSocketAddress peer && peer.getAddress() != null
                ? peer.getAddress().getHostAddress()
                : "-";
    }

    /** Nobody says anything any more: to a reader who takes nothing we say nothing either. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof IdleStateEvent) {
            context.close();
        } else {
            super.userEventTriggered(context, event);
        }
    }

    /** A client that goes away, or speaks something else: both are its own business. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
