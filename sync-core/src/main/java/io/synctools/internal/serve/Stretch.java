package io.synctools.internal.serve;

import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.function.LongConsumer;

/** Some bytes of an open file, which go to a socket inside the kernel. */
final class Stretch extends AbstractReferenceCounted implements FileRegion {
    private final FileChannel file;
    private final long from;
    private final long length;
    private final LongConsumer sent;
    private final Runnable after;
    private long transferred;

    /**
     * A stretch.
     *
     * @param sent is told of bytes as they go
     * @param after run when it is done with
     */
    Stretch(FileChannel file, long from, long length, LongConsumer sent, Runnable after) {
        this.file = file;
        this.from = from;
        this.length = length;
        this.sent = sent;
        this.after = after;
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        long left = length - position;
        if (left <= 0) {
            return 0;
        }
        long now = file.transferTo(from + position, left, target);
        if (now == 0 && file.size() < from + length) {
            throw new IOException("the file became shorter while it was sent");
        }
        if (now > 0) {
            transferred += now;
            sent.accept(now);
        }
        return now;
    }

    @Override
    protected void deallocate() {
        after.run();
    }

    @Override
    public long position() {
        return from;
    }

    @Override
    @Deprecated
    public long transfered() {
        return transferred;
    }

    @Override
    public long transferred() {
        return transferred;
    }

    @Override
    public long count() {
        return length;
    }

    @Override
    public Stretch retain() {
        super.retain();
        return this;
    }

    @Override
    public Stretch retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public Stretch touch() {
        return this;
    }

    @Override
    public Stretch touch(Object hint) {
        return this;
    }
}
