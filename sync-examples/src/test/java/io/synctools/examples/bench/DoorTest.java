package io.synctools.examples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoorTest {
    private final MockWebServer server = new MockWebServer();
    private final OkHttpClient client = new OkHttpClient();

    @BeforeEach
    void start() throws IOException {
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void requestsAreCountedOnceWhateverTheSizeOfTheirBodiesAndAnswers() throws Exception {
        String large = "x".repeat(3_000_000);
        try (Door door = Door.before(server.getPort(), Duration.ZERO)) {
            for (int i = 0; i < 3; i++) {
                server.enqueue(new MockResponse.Builder().body(large).build());
                assertEquals(large, post(door, large));
            }
            assertEquals(3, door.requests());
            assertEquals(1, door.connections());
        }
        assertEquals(large, server.takeRequest().getBody().utf8());
    }

    @Test
    void eachRequestArrivesLate() throws Exception {
        try (Door door = Door.before(server.getPort(), Duration.ofMillis(30))) {
            server.enqueue(new MockResponse.Builder().build());
            server.enqueue(new MockResponse.Builder().build());
            long begin = System.nanoTime();
            post(door, "one");
            post(door, "two");
            assertTrue(System.nanoTime() - begin >= 60_000_000, "two requests wait twice");
        }
    }

    @Test
    void whoBeginsWithTlsIsNotCounted() throws Exception {
        try (Door door = Door.before(server.getPort(), Duration.ZERO);
                Socket socket = new Socket("127.0.0.1", port(door))) {
            socket.getOutputStream().write(new byte[] {0x16, 3, 1, 0, 1, 0, '\n', '\n'});
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
            assertEquals(0, door.requests());
            assertEquals(0, door.connections());
        }
    }

    private String post(Door door, String body) throws IOException {
        Request request = new Request.Builder()
                .url("http://" + door.authority() + "/")
                .post(RequestBody.create(body.getBytes(StandardCharsets.UTF_8)))
                .build();
        try (Response answer = client.newCall(request).execute()) {
            return answer.body().string();
        }
    }

    private static int port(Door door) {
        return Integer.parseInt(door.authority().split(":")[1]);
    }
}
