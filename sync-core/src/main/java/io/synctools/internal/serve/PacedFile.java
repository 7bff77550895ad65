package io.synctools.internal.serve;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.FileRegion;
import io.netty.handler.stream.ChunkedInput;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A file in steps of a fiftieth of a second at a given rate, by a schedule that makes up for late steps. */
final class PacedFile implements ChunkedInput<FileRegion> {
    private final FileChannel file;
    private final ByteRanges range;
    private final long rate;
    private final LongConsumer sent;
    private final ChannelHandlerContext context;
    private final long began = System.nanoTime();
    private long at;

    PacedFile(FileChannel file, ByteRanges range, long rate, LongConsumer sent, ChannelHandlerContext context) {
        this.file = file;
        this.range = range;
        this.rate = rate;
        this.sent = sent;
        this.context = context;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a channel that ends goes on no more
    public @Nullable FileRegion readChunk(ByteBufAllocator allocator) {
        long wait = began + (long) (at * 1e9 / rate) - System.nanoTime();
        if (wait > 0) {
            context.executor()
                    .schedule(
                            () -> {
                                ChunkedWriteHandler writer = context.pipeline().get(ChunkedWriteHandler.class);
                                if (writer != null) {
                                    writer.resumeTransfer();
                                }
                            },
                            wait,
                            TimeUnit.NANOSECONDS);
            return null;
        }
        long length = Math.min(Math.max(1, rate / 50), range.length() - at);
        Stretch step = new Stretch(file, range.from() + at, length, sent, () -> {});
        at += length;
        return step;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // Netty's, which nobody calls any more
    public @Nullable FileRegion readChunk(ChannelHandlerContext ignored) {
        return readChunk(ignored.alloc());
    }

    @Override
    public boolean isEndOfInput() {
        return at >= range.length();
    }

    @Override
    public void close() throws Exception {
        file.close();
    }

    @Override
    public long length() {
        return range.length();
    }

    @Override
    public long progress() {
        return at;
    }
}
