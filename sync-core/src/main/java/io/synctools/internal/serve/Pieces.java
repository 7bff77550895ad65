package io.synctools.internal.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.stream.ChunkedInput;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;

/** A long answer, made as the connection takes it. */
final class Pieces implements ChunkedInput<ByteBuf> {
    private final Iterator<byte[]> pieces;
    private final AtomicLong sent;

    /** @param sent counts bytes as they go */
    Pieces(Iterator<byte[]> pieces, AtomicLong sent) {
        this.pieces = pieces;
        this.sent = sent;
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) {
        byte[] piece = pieces.next();
        sent.addAndGet(piece.length);
        return Unpooled.wrappedBuffer(piece);
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // Netty's, which nobody calls any more
    public ByteBuf readChunk(ChannelHandlerContext context) {
        return readChunk(context.alloc());
    }

    @Override
    public boolean isEndOfInput() {
        return !pieces.hasNext();
    }

    @Override
    public void close() {}

    @Override
    public long length() {
        return -1;
    }

    @Override
    public long progress() {
        return sent.get();
    }
}
