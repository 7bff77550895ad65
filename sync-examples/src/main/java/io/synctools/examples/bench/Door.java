package io.synctools.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands before a server on loopback: counts the requests that pass, and lets each arrive late. It reads no HTTP: a request
 * begins where a client speaks after the server has, which is so for clients that don't pipeline. Two threads for each
 * connection; thread-safe.
 */
final class Door implements Closeable {
    private static final int TLS_HANDSHAKE = 0x16;

    private final ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final int behind;
    private final Duration latency;

    private Door(int behind, Duration latency) throws IOException {
        this.behind = behind;
        this.latency = latency;
    }

    /** Opens one before a server's port. */
    static Door before(int port, Duration latency) throws IOException {
        Door door = new Door(port, latency);
        start("door", door::accept);
        return door;
    }

    /** Where to knock. */
    String authority() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Requests that passed so far; tries to speak TLS, as skopeo makes first, don't count. */
    long requests() {
        return requests.get();
    }

    /** Connections that spoke http so far. */
    long connections() {
        return connections.get();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = server.accept();
            start("door-in", () -> pass(client));
        }
    }

    private void pass(Socket client) throws IOException {
        try (client;
                Socket inner = new Socket(InetAddress.getLoopbackAddress(), behind)) {
            open.add(client);
            client.setTcpNoDelay(true);
            inner.setTcpNoDelay(true);
            Turn turn = new Turn();
            start("door-out", () -> {
                try (client) {
                    answers(inner.getInputStream(), client.getOutputStream(), turn);
                }
            });
            requests(client.getInputStream(), inner.getOutputStream(), turn);
        } finally {
            open.remove(client);
        }
    }

    private void requests(InputStream from, OutputStream to, Turn turn) throws IOException {
        byte[] block = new byte[1 << 16];
        boolean first = true;
        boolean plain = true;
        for (int length = from.read(block); length >= 0; length = from.read(block)) {
            if (first) {
                plain = block[0] != TLS_HANDSHAKE;
                connections.addAndGet(plain ? 1 : 0);
                first = false;
            }
            if (turn.client()) {
                requests.addAndGet(plain ? 1 : 0);
                pause(latency);
            }
            to.write(block, 0, length);
        }
    }

    private static void answers(InputStream from, OutputStream to, Turn turn) throws IOException {
        byte[] block = new byte[1 << 16];
        for (int length = from.read(block); length >= 0; length = from.read(block)) {
            turn.server();
            to.write(block, 0, length);
        }
    }

    private static void pause(Duration time) {
        long due = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Who spoke last on a connection. */
    private static final class Turn {
        private boolean serverSpoke = true;

        /** The client speaks; tells whether it begins to. */
        synchronized boolean client() {
            boolean begins = serverSpoke;
            serverSpoke = false;
            return begins;
        }

        synchronized void server() {
            serverSpoke = true;
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void start(String name, Step step) {
        Thread thread = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (IOException e) {
                        // One of both sides has ended, or the door was closed: nothing is left to do here.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket client : open) {
            client.close();
        }
    }
}
