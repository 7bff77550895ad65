package io.synctools.internal.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.serve.Content;
import io.synctools.serve.HubResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each client may cost: of memory, of connections, of time. */
class HttpFrontTest {
    private static final long LARGE = 64L << 20;
    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration NEVER = Duration.ofMinutes(10);

    private final List<Socket> sockets = new ArrayList<>();
    private @Nullable HttpFront front;
    private Path file;

    @BeforeEach
    void make(@TempDir Path folder) throws IOException {
        file = folder.resolve("large");
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(LARGE);
        }
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        if (front != null) {
            front.close();
        }
    }

    /** Answers "/large" with a file, and all else with a word. */
    private void start(int mostConnections, Duration patience, Duration silence) throws IOException {
        HttpFront.Options options = new HttpFront.Options(
                InetAddress.getLoopbackAddress(),
                0,
                Optional.empty(),
                mostConnections,
                1024,
                4,
                Duration.ZERO,
                0,
                patience,
                silence);
        front = HttpFront.start(
                options,
                (request, attempt) -> request.part(0).equals("large")
                        ? HubResponse.file(
                                Content.of(LARGE, () -> FileChannel.open(file, StandardOpenOption.READ)), "etag")
                        : HubResponse.of(200, "text/plain", "well".getBytes(StandardCharsets.UTF_8)));
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(32 << 10);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), front.address().getPort()));
        sockets.add(socket);
        return socket;
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Socket ask(Socket socket, String path) throws IOException {
        say(socket, "GET " + path + " HTTP/1.1\r\nHost: here\r\n\r\n");
        return socket;
    }

    /** Whatever comes until the end, at most so many bytes. */
    private static long bytes(Socket socket, long most) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[64 << 10];
        long count = 0;
        try {
            while (count < most) {
                int some = in.read(buffer, 0, (int) Math.min(buffer.length, most - count));
                if (some < 0) {
                    return count;
                }
                count += some;
            }
        } catch (SocketException e) {
            return count; // reset
        }
        return count;
    }

    private static String status(Socket socket) throws IOException {
        byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        return new String(line, StandardCharsets.US_ASCII);
    }

    @Test
    void longLinesAndLargeHeadersAreRefusedAndNothingElseIsHeard() throws IOException {
        start(10, NEVER, NEVER);
        Socket line = ask(connect(), "/" + "x".repeat(9 << 10));
        assertEquals("HTTP/1.1 414", status(line));
        assertTrue(bytes(line, 1 << 20) < 1000, "it ends");
        Socket header = connect();
        say(header, "GET / HTTP/1.1\r\nHost: here\r\nX-Long: " + "x".repeat(17 << 10) + "\r\n\r\n");
        assertEquals("HTTP/1.1 431", status(header));
        assertTrue(bytes(header, 1 << 20) < 1000, "it ends");
    }

    @Test
    void connectionsThatAreTooManyAreClosedUntilOneGoes() throws IOException {
        start(3, NEVER, NEVER);
        for (int i = 0; i < 3; i++) {
            assertEquals("HTTP/1.1 200", status(ask(connect(), "/")));
        }
        assertEquals(0, bytes(connect(), 1));
        assertEquals(1, front.counts().refused());
        sockets.get(0).close();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        String again = "";
        while (!again.equals("HTTP/1.1 200") && System.nanoTime() < deadline) {
            try {
                again = status(ask(connect(), "/"));
            } catch (SocketException e) {
                // It has not gone yet.
            }
        }
        assertEquals("HTTP/1.1 200", again);
    }

    @Test
    void aRequestThatDoesNotComeToItsEndEndsItsConnection() throws IOException {
        start(10, SOON, NEVER);
        Socket slow = connect();
        say(slow, "GET / HTTP/1.1\r\nHo");
        assertEquals(0, bytes(slow, 1));
        Socket answered = ask(connect(), "/");
        assertEquals("HTTP/1.1 200", status(answered));
    }

    @Test
    void silenceEndsAConnectionOfWhoAsksNothingAndOfWhoTakesNothing() throws IOException {
        start(10, NEVER, SOON);
        Socket idle = ask(connect(), "/");
        assertTrue(bytes(idle, 1 << 20) < 1000, "the answer, and the end");
        Socket deaf = ask(connect(), "/large");
        assertEquals("HTTP/1.1 200", status(deaf));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (front.connections() > 0 && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertEquals(0, front.connections());
        assertTrue(bytes(deaf, LARGE) < LARGE, "what was under way");
    }

    @Test
    void slowReadersHoldNoThread() throws IOException {
        start(200, NEVER, NEVER);
        for (int i = 0; i < 100; i++) {
            assertEquals("HTTP/1.1 200", status(ask(connect(), "/large")));
        }
        for (int i = 0; i < 20; i++) {
            assertEquals("HTTP/1.1 200", status(ask(connect(), "/")));
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!busy().isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertEquals(List.of(), busy());
        assertEquals(120, front.connections());
    }

    /** Threads that are at work for somebody. */
    private static List<String> busy() {
        List<String> busy = new ArrayList<>();
        for (Map.Entry<Thread, StackTraceElement[]> one :
                Thread.getAllStackTraces().entrySet()) {
            String name = one.getKey().getName();
            if ((name.startsWith("sync-serve") || name.startsWith("sync-send"))
                    && Arrays.stream(one.getValue())
                            .anyMatch(frame -> frame.getClassName().startsWith("io.synctools.internal.serve"))) {
                busy.add(name);
            }
        }
        return busy;
    }

    @Test
    void aFileThatIsCutWhileItIsSentBreaksOffAndIsNamed() throws IOException {
        start(10, NEVER, NEVER);
        List<String> log = java.util.Collections.synchronizedList(new ArrayList<>());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                log.add(line.getMessage() + " " + line.getThrown());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(HttpFront.class.getName());
        logger.addHandler(handler);
        try {
            Socket reader = ask(connect(), "/large");
            assertEquals("HTTP/1.1 200", status(reader));
            try (FileChannel cut = FileChannel.open(file, StandardOpenOption.WRITE)) {
                cut.truncate(1 << 20);
            }
            assertTrue(bytes(reader, LARGE) < LARGE, "no bytes are made up");
        } finally {
            logger.removeHandler(handler);
        }
        assertEquals(1, log.size(), log::toString);
        assertTrue(log.get(0).contains("GET /large") && log.get(0).contains("became shorter"), log.get(0));
    }
}
