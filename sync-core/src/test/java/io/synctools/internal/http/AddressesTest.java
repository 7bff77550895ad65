package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hosts of several addresses, of which the first swallows what it is sent, as a dead machine or a firewall does. */
@Timeout(60)
class AddressesTest {
    @Test
    void aDeadFirstAddressCostsAQuarterOfASecondAndNoTimeout() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) {
                    return new MockResponse.Builder().body("well").build();
                }
            });
            server.start(InetAddress.getByName("127.0.0.1"), 0);
            List<Socket> fill = new ArrayList<>();
            try (ServerSocket dead = new ServerSocket()) {
                InetAddress first = InetAddress.getByName("127.0.0.2");
                dead.bind(new InetSocketAddress(first, server.getPort()), 1);
                swallow(dead, fill);
                RunContext context = RunContext.of(SyncOptions.builder()
                        .environment(Map.of())
                        .stall(Duration.ofSeconds(20))
                        .build());
                context.shared(Dns.class, s -> name -> List.of(first, address("127.0.0.1")));
                HttpUrl url = server.url("/").newBuilder().host("hub.example").build();

                long begin = System.nanoTime();
                try (Http http = Http.of(context);
                        HttpResponse answer = http.send(HttpRequest.get(url))) {
                    assertEquals("well", answer.text(10));
                }
                Duration took = Duration.ofNanos(System.nanoTime() - begin);
                assertTrue(took.compareTo(Duration.ofSeconds(5)) < 0, took + ", and the timeout is 20 s");
            } finally {
                for (Socket socket : fill) {
                    socket.close();
                }
            }
        }
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Connects until the queue of those that nobody accepts is full, from when on the kernel drops what comes. */
    private static void swallow(ServerSocket dead, List<Socket> fill) throws IOException {
        for (int i = 0; i < 64; i++) {
            Socket socket = new Socket();
            fill.add(socket);
            try {
                socket.connect(dead.getLocalSocketAddress(), 200);
            } catch (SocketTimeoutException e) {
                return;
            }
        }
        Assumptions.abort("this kernel drops nothing");
    }
}
