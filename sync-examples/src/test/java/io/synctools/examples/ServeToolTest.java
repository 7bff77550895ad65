package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeToolTest {
    private static final Pattern ENDPOINT = Pattern.compile("export HF_ENDPOINT=(\\S+)\n");

    @TempDir
    Path folder;

    private interface Reader {
        void read(URI hub) throws IOException;
    }

    /** Serves an empty cache while somebody reads, then is ended as by Ctrl-C. */
    private Console serve(Reader reader, String... more) throws Exception {
        Console console = new Console(folder).interruptedBy(130);
        List<String> arguments = new ArrayList<>(List.of("serve", "--modelscope-cache", folder.toString()));
        arguments.addAll(List.of(more));
        Thread tool = new Thread(() -> console.run(arguments.toArray(String[]::new)));
        tool.start();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            Matcher told = ENDPOINT.matcher(console.out());
            while (!told.find() && System.nanoTime() < deadline) {
                Thread.onSpinWait();
                told = ENDPOINT.matcher(console.out());
            }
            reader.read(URI.create(told.group(1)));
        } finally {
            tool.interrupt();
            tool.join();
        }
        return console;
    }

    private static int status(OkHttpClient client, URI hub, String token) throws IOException {
        Request.Builder request = new Request.Builder().url(hub + "/metrics");
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try (Response response = client.newCall(request.build()).execute()) {
            return response.code();
        }
    }

    @Test
    void tlsIsSpokenToWhoCarriesALineOfTheTokenFile() throws Exception {
        HeldCertificate held = new HeldCertificate.Builder()
                .addSubjectAlternativeName("127.0.0.1")
                .build();
        HandshakeCertificates trust = new HandshakeCertificates.Builder()
                .addTrustedCertificate(held.certificate())
                .build();
        OkHttpClient client = new OkHttpClient.Builder()
                .sslSocketFactory(trust.sslSocketFactory(), trust.trustManager())
                .build();
        Path certificate = Files.writeString(folder.resolve("cert.pem"), held.certificatePem());
        Path key = Files.writeString(folder.resolve("key.pem"), held.privateKeyPkcs8Pem());
        Path tokens = Files.writeString(folder.resolve("tokens"), "# readers\n\n one-secret \nanother\n");
        Path log = folder.resolve("access.log");
        Console console = serve(
                hub -> {
                    assertEquals("https", hub.getScheme());
                    assertEquals(401, status(client, hub, ""));
                    assertEquals(401, status(client, hub, "# readers"));
                    assertEquals(401, status(client, hub, "one-secre"));
                    assertEquals(200, status(client, hub, "one-secret"));
                    assertEquals(200, status(client, hub, "another"));
                    URI plain = URI.create("http://" + hub.getAuthority());
                    assertThrows(IOException.class, () -> status(new OkHttpClient(), plain, "another"));
                },
                "--tls",
                certificate + "," + key,
                "--token-file",
                tokens.toString(),
                "--access-log",
                log.toString());
        assertEquals("", console.err());
        assertFalse((console.out() + Files.readString(log)).contains("secret"), "no token is ever printed");
        assertEquals(5, Files.readAllLines(log).size());
    }

    @Test
    void whatCannotBeServedWithIsSaid() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "# nobody yet\n");
        for (List<String> options : List.of(
                List.of("--token-file", empty.toString()),
                List.of("--token-file", folder.resolve("absent").toString()),
                List.of("--token-file", empty.toString(), "--open"),
                List.of("--tls", empty.toString()),
                List.of("--tls", empty + "," + empty))) {
            Console console = new Console(folder);
            List<String> arguments = new ArrayList<>(List.of("serve", "--modelscope-cache", folder.toString()));
            arguments.addAll(options);
            assertEquals(2, console.run(arguments.toArray(String[]::new)), () -> options + console.err());
            String named = options.get(options.size() - 1).replaceFirst(".*,", "");
            assertTrue(console.err().contains(named) || console.err().contains("--tls"), console::err);
            assertFalse(console.err().contains("Exception"), console::err);
            assertEquals("", console.out());
        }
    }
}
