package io.synctools.skopeo;

import java.io.Closeable;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The door to a server that speaks plain http only: whoever begins with TLS, as skopeo does first, is sent away at once,
 * as a real registry does.
 */
final class PlainDoor implements Closeable {
    private static final int TLS_HANDSHAKE = 0x16;

    private final ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger encrypted = new AtomicInteger();
    private final int behind;

    PlainDoor(int behind) throws IOException {
        this.behind = behind;
        start("door", this::accept);
    }

    String authority() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Connections that spoke http. */
    AtomicInteger connections() {
        return connections;
    }

    /** Connections that began with TLS and were sent away. */
    int encrypted() {
        return encrypted.get();
    }

    private void accept() throws IOException {
        while (true) {
            Socket socket = server.accept();
            start("door-in", () -> serve(socket));
        }
    }

    private void serve(Socket socket) throws IOException {
        PushbackInputStream in = new PushbackInputStream(socket.getInputStream());
        int first = in.read();
        if (first < 0 || first == TLS_HANDSHAKE) {
            encrypted.addAndGet(first < 0 ? 0 : 1);
            socket.close();
            return;
        }
        in.unread(first);
        connections.incrementAndGet();
        Socket inner = new Socket(InetAddress.getLoopbackAddress(), behind);
        start("door-out", () -> {
            try (socket) {
                inner.getInputStream().transferTo(socket.getOutputStream());
            } catch (IOException e) {
                socket.setSoLinger(true, 0); // what was reset inside is reset outside
            }
        });
        try (inner) {
            in.transferTo(inner.getOutputStream());
        }
    }

    private static void start(String name, Step step) {
        Thread thread = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (IOException e) {
                        // the connection or the test has ended
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    /** What a thread of the door does. */
    private interface Step {
        void run() throws IOException;
    }
}
