package io.synctools.internal.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Plain sockets that read ahead up to 256 KiB: OkHttp asks for 8 KiB at a time, and a system call for each costs throughput
 * (performance.md section 1). Where less comes at a time, or there are many of them, each reads less ahead: a hundred would
 * hold more memory than all else. Thread-safe.
 */
final class BufferedSocketFactory extends SocketFactory {
    private static final int LEAST = 16 * 1024;
    private static final int MOST = 256 * 1024;

    /** What all of them read ahead together. */
    private static final int TOGETHER = 6 << 20;

    private final AtomicInteger open = new AtomicInteger();

    @Override
    public Socket createSocket() {
        return new BufferedSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(createSocket(), new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(createSocket(), new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        Socket socket = createSocket();
        socket.bind(new InetSocketAddress(localHost, localPort));
        return connected(socket, new InetSocketAddress(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        Socket socket = createSocket();
        socket.bind(new InetSocketAddress(localHost, localPort));
        return connected(socket, new InetSocketAddress(host, port));
    }

    /** How much one reads ahead now. */
    private int share() {
        return Math.min(MOST, Math.max(LEAST, TOGETHER / Math.max(1, open.get())));
    }

    private static Socket connected(Socket socket, InetSocketAddress address) throws IOException {
        socket.connect(address);
        return socket;
    }

    /** One socket, one buffer. */
    private final class BufferedSocket extends Socket {
        @GuardedBy("this")
        private @Nullable InputStream buffered;

        @GuardedBy("this")
        private boolean closed;

        @Override
        public synchronized InputStream getInputStream() throws IOException {
            if (buffered == null) {
                buffered = new ReadAhead(super.getInputStream(), BufferedSocketFactory.this::share);
                open.incrementAndGet();
            }
            return buffered;
        }

        @Override
        public synchronized void close() throws IOException {
            if (buffered != null && !closed) {
                closed = true;
                open.decrementAndGet();
            }
            super.close();
        }
    }

    /** Reads as much ahead as came the last time, and more where that filled it. Used by one thread. */
    static final class ReadAhead extends InputStream {
        private final InputStream in;
        private final IntSupplier most;
        private byte[] buffer = new byte[0];
        private int at;
        private int end;

        /** @param most bytes, asked each time */
        ReadAhead(InputStream in, IntSupplier most) {
            this.in = in;
            this.most = most;
        }

        @Override
        public int read() throws IOException {
            return fill() ? buffer[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (at == end && length >= MOST) {
                return in.read(bytes, offset, length);
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, end - at);
            System.arraycopy(buffer, at, bytes, offset, count);
            at += count;
            return count;
        }

        /** Whether there is a byte. */
        private boolean fill() throws IOException {
            if (at < end) {
                return true;
            }
            int share = most.getAsInt();
            if (buffer.length > 2 * share || (end == buffer.length && buffer.length < share)) {
                buffer = new byte[Math.min(share, Math.max(LEAST, 2 * buffer.length))];
            }
            at = 0;
            end = 0;
            end = Math.max(0, in.read(buffer, 0, buffer.length));
            return end > 0;
        }

        @Override
        public int available() throws IOException {
            return end - at + in.available();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
