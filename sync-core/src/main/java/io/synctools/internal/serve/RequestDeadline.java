package io.synctools.internal.serve;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ends a connection whose request has begun and does not come to its end: a byte now and then is no request. */
@SuppressWarnings("FutureReturnValueIgnored") // that the channel closes is all that is wanted
final class RequestDeadline extends ChannelInboundHandlerAdapter {
    private final Duration patience;
    private @Nullable Future<?> end;
    private boolean isWhole;

    RequestDeadline(Duration patience) {
        this.patience = patience;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (end == null && !isWhole) {
            end = context.executor().schedule(() -> context.close(), patience.toMillis(), TimeUnit.MILLISECONDS);
        }
        super.channelRead(context, message);
    }

    /** A request is whole. */
    void isWhole() {
        isWhole = true;
        if (end != null) {
            end.cancel(false);
            end = null;
        }
    }

    /** The next one may begin. */
    void isAnswered() {
        isWhole = false;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        isWhole();
        super.channelInactive(context);
    }
}
