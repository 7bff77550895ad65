package io.synctools.internal.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Plain sockets that read ahead up to 256 KiB: OkHttp asks for 8 KiB at a time, and a system call for each costs throughput
 * (performance.md section 1). Where less comes at a time less is kept, since there may be a hundred of them.
 */
final class BufferedSocketFactory extends SocketFactory {
    private static final int LEAST = 16 * 1024;
    private static final int MOST = 256 * 1024;

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

    private static Socket connected(Socket socket, InetSocketAddress address) throws IOException {
        socket.connect(address);
        return socket;
    }

    /** One socket, one buffer. */
    private static final class BufferedSocket extends Socket {
        @GuardedBy("this")
        private @Nullable InputStream buffered;

        @Override
        public synchronized InputStream getInputStream() throws IOException {
            if (buffered == null) {
                buffered = new ReadAhead(super.getInputStream());
            }
            return buffered;
        }
    }

    /** Reads as much ahead as came the last time, and more where that filled it. Used by one thread. */
    static final class ReadAhead extends InputStream {
        private final InputStream in;
        private byte[] buffer = new byte[0];
        private int at;
        private int end;

        ReadAhead(InputStream in) {
            this.in = in;
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
            if (end == buffer.length && buffer.length < MOST) {
                buffer = new byte[Math.max(LEAST, 2 * buffer.length)];
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
