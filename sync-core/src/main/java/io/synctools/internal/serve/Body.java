package io.synctools.internal.serve;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A range of some content on its way to a connection, piece by piece. A worker reads each piece while the one before it is sent,
 * so that no disk holds up the loop, which other connections share. What is to be encrypted is sent as it was read; else
 * reading it has only brought it into the system's memory, and it goes from there to the socket inside the kernel.
 *
 * <p>All fields belong to the connection's loop.
 */
final class Body implements ChunkedInput<Object> {
    private static final int PIECE = 1 << 20;
    private static final int ENCRYPTED_PIECE = 64 << 10;
    private static final int STEPS_PER_SECOND = 50;
    private static final int SCRATCH = 64 << 10;
    private static final ThreadLocal<ByteBuffer> BUFFERS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(SCRATCH));

    private final byte @Nullable [] memory;
    private final @Nullable FileChannel file;
    private final ByteRanges range;
    private final Way way;
    private final ChannelHandlerContext context;
    private final long began = System.nanoTime();
    private final int piece;
    private long at;
    private @Nullable Object next;
    private int nextLength;
    private boolean isReading;
    private boolean isGoing;
    private boolean isClosed;
    private @Nullable IOException failure;

    /**
     * How it goes.
     *
     * @param isEncrypted whether the bytes have to pass through us
     * @param bytesPerSecond at most; 0 for no limit
     * @param readers read
     * @param sent is told of bytes as they go
     * @param failed is told why it cannot go on
     */
    record Way(
            boolean isEncrypted,
            long bytesPerSecond,
            ExecutorService readers,
            LongConsumer sent,
            Consumer<IOException> failed) {}

    /**
     * A body that has not begun.
     *
     * @param memory all of the content, or null
     * @param file that has it otherwise; it is closed at the end
     */
    Body(
            byte @Nullable [] memory,
            @Nullable FileChannel file,
            ByteRanges range,
            Way way,
            ChannelHandlerContext context) {
        this.memory = memory;
        this.file = file;
        this.range = range;
        this.way = way;
        this.context = context;
        int most = way.isEncrypted() ? ENCRYPTED_PIECE : PIECE;
        this.piece = way.bytesPerSecond() == 0
                ? most
                : (int) Math.max(1, Math.min(most, way.bytesPerSecond() / STEPS_PER_SECOND));
    }

    @Override
    public @Nullable Object readChunk(ByteBufAllocator allocator) throws IOException {
        if (failure != null) {
            throw failure;
        }
        Object now = next;
        if (now == null) {
            read();
            return null;
        }
        if (isGoing || !isTime()) {
            return null;
        }
        next = null;
        at += nextLength;
        isGoing = now instanceof Stretch;
        if (!isGoing) {
            way.sent().accept(nextLength);
        }
        read();
        return now;
    }

    /** By a schedule that makes up for late steps. */
    @SuppressWarnings("FutureReturnValueIgnored") // a channel that ends goes on no more
    private boolean isTime() {
        long wait =
                way.bytesPerSecond() == 0 ? 0 : began + (long) (at * 1e9 / way.bytesPerSecond()) - System.nanoTime();
        if (wait > 0) {
            context.executor().schedule(this::goOn, wait, TimeUnit.NANOSECONDS);
        }
        return wait <= 0;
    }

    private void read() {
        long from = range.from() + at;
        int length = (int) Math.min(piece, range.to() - from);
        if (isReading || length == 0) {
            return;
        }
        isReading = true;
        try {
            way.readers().execute(() -> {
                Object read = null;
                IOException failed = null;
                try {
                    read = read(from, length);
                } catch (IOException | RuntimeException e) {
                    failed = e instanceof IOException io ? io : new IOException(e);
                }
                arrived(read, length, failed);
            });
        } catch (RejectedExecutionException e) {
            isReading = false; // we are ending, and so are the connections
        }
    }

    /** By a worker. */
    private Object read(long from, int length) throws IOException {
        if (file == null || way.isEncrypted()) {
            return Unpooled.wrappedBuffer(bytes(memory, file, from, length));
        }
        for (int done = 0; done < length; ) {
            ByteBuffer scratch = BUFFERS.get().clear().limit(Math.min(SCRATCH, length - done));
            done += scratch.remaining();
            readAll(file, from + done - scratch.remaining(), scratch);
        }
        return new Stretch(file, from, length, way.sent(), this::isGone);
    }

    /** Some bytes of memory or of a file. */
    static byte[] bytes(byte @Nullable [] memory, @Nullable FileChannel file, long from, int length)
            throws IOException {
        if (file == null) {
            return Arrays.copyOfRange(Objects.requireNonNull(memory), (int) from, (int) from + length);
        }
        byte[] bytes = new byte[length];
        readAll(file, from, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static void readAll(FileChannel file, long from, ByteBuffer into) throws IOException {
        for (long place = from; into.hasRemaining(); ) {
            int some = file.read(into, place);
            if (some < 0) {
                throw new UnprovenException("a file became shorter while it was sent; run the flow again");
            }
            place += some;
        }
    }

    private void arrived(@Nullable Object read, int length, @Nullable IOException failed) {
        try {
            context.executor().execute(() -> {
                isReading = false;
                if (isClosed) {
                    closeFile();
                    return;
                }
                next = read;
                nextLength = length;
                failure = failed;
                if (failed != null) {
                    way.failed().accept(failed);
                }
                goOn();
            });
        } catch (RejectedExecutionException e) {
            closeFile(); // the loops have ended
        }
    }

    /** A stretch has gone, or never will. */
    private void isGone() {
        try {
            context.executor().execute(() -> {
                isGoing = false;
                goOn();
            });
        } catch (RejectedExecutionException e) {
            // The loops have ended.
        }
    }

    private void goOn() {
        ChunkedWriteHandler writer = context.pipeline().get(ChunkedWriteHandler.class);
        if (writer != null) {
            writer.resumeTransfer();
        }
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // Netty's, which nobody calls any more
    public @Nullable Object readChunk(ChannelHandlerContext ignored) throws IOException {
        return readChunk(ignored.alloc());
    }

    @Override
    public boolean isEndOfInput() {
        return at >= range.length();
    }

    /** Never while a worker reads: to close what a disk holds up would hold up the loop. */
    @Override
    public void close() {
        isClosed = true;
        if (!isReading) {
            closeFile();
        }
    }

    private void closeFile() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            // It was only read.
        }
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
