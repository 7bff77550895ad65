package io.synctools.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ServerSocketFactory;
import mockwebserver3.MockWebServer;

/** Keeps the sockets that a server accepts, in order, so that a connection can be reset. Thread-safe. */
final class RecordingSockets extends ServerSocketFactory {
    private static final Logger SERVER_LOG = Logger.getLogger(MockWebServer.class.getName());

    private final List<Socket> accepted = new CopyOnWriteArrayList<>();

    /** Broken connections are what these servers are for: nobody needs a log of them. */
    static void quiet() {
        SERVER_LOG.setLevel(Level.OFF);
    }

    /** The connection of that number, from 0. */
    Socket socket(int index) {
        return accepted.get(index);
    }

    /** What is closed then is reset: the other side hears of an error, not of an end. */
    static void resetOnClose(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return new ServerSocket() {
            @Override
            public Socket accept() throws IOException {
                Socket socket = super.accept();
                accepted.add(socket);
                return socket;
            }
        };
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return createServerSocket(port, 1024);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return createServerSocket(port, backlog, InetAddress.getLoopbackAddress());
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
        ServerSocket server = createServerSocket();
        server.bind(new java.net.InetSocketAddress(address, port), backlog);
        return server;
    }
}
