package io.synctools.examples.bench;

import io.synctools.standin.Hub;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** A server of files in processes of its own, until it is closed. */
final class Served implements Closeable {
    private static final double TICKS_PER_SECOND = 100;
    private static final long SECONDS = 30;

    private final Process process;
    private final String address;

    private Served(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** Us, over a Hugging Face cache. */
    static Served sync(BenchSetup place, Path cache) throws IOException {
        Path output = place.note("serve.txt", "");
        Process process = new ProcessBuilder(
                        place.launcher().toString(), "serve", "--huggingface-cache", cache.toString(), "--port", "0")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        long began = System.nanoTime();
        while (System.nanoTime() - began < TimeUnit.SECONDS.toNanos(SECONDS)) {
            Optional<String> line = Files.readAllLines(output, StandardCharsets.UTF_8).stream()
                    .filter(each -> each.startsWith("export HF_ENDPOINT="))
                    .findFirst();
            if (line.isPresent()) {
                return new Served(process, line.get().substring("export HF_ENDPOINT=".length()));
            }
            Thread.onSpinWait();
        }
        process.destroyForcibly();
        throw new IOException("sync serve does not listen: " + Files.readString(output));
    }

    /** nginx as it is installed, over a folder; without a log, as we are. */
    static Served nginx(BenchSetup place, Path folder) throws IOException {
        int port = freePort();
        return nginx(place, port, "http", "server { listen 127.0.0.1:%d; root %s; }".formatted(port, folder));
    }

    /** nginx in front of a hub, with TLS and HTTP/2 as hubs have them. */
    static Served inFrontOf(Hub hub, BenchSetup place, Certificate certificate) throws IOException {
        int port = freePort();
        return nginx(place, port, "https", """
                upstream hub { server 127.0.0.1:%1$d; keepalive 200; }
                  server {
                    listen 127.0.0.1:%2$d ssl http2;
                    ssl_certificate %3$s;
                    ssl_certificate_key %4$s;
                    location / {
                      proxy_pass http://hub;
                      proxy_http_version 1.1;
                      proxy_set_header Connection "";
                      proxy_set_header Host $http_host;
                    }
                  }
                """.formatted(
                        hub.origin().getPort(), port, certificate.chain(), certificate.key()));
    }

    /**
     * A certificate for this machine that nobody else trusts.
     *
     * @param chain a PEM file, to be trusted as well
     * @param key a PEM file
     */
    record Certificate(Path chain, Path key) {
        static Certificate make(BenchSetup place) throws IOException, InterruptedException {
            Certificate made = new Certificate(place.note("chain.pem", ""), place.note("key.pem", ""));
            List<String> command = List.of(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "30",
                    "-subj",
                    "/CN=127.0.0.1",
                    "-addext",
                    "subjectAltName=IP:127.0.0.1",
                    "-keyout",
                    made.key().toString(),
                    "-out",
                    made.chain().toString());
            if (Programs.printed(command).isEmpty()) {
                throw new IOException("openssl makes no certificate in " + place.folder());
            }
            return made;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static Served nginx(BenchSetup place, int port, String scheme, String servers) throws IOException {
        Path configuration =
                place.note("nginx.conf", """
                user %3$s;
                daemon off;
                worker_processes auto;
                pid %1$s/nginx.pid;
                error_log %1$s/nginx.log;
                events { worker_connections 1024; }
                http {
                  access_log off;
                  sendfile on;
                  tcp_nopush on;
                  keepalive_requests 100000;
                  %2$s
                }
                """.formatted(place.folder(), servers, System.getProperty("user.name")));
        Process process = new ProcessBuilder("nginx", "-p", place.folder().toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(place.note("nginx.txt", "").toFile())
                .start();
        long began = System.nanoTime();
        while (System.nanoTime() - began < TimeUnit.SECONDS.toNanos(SECONDS)) {
            try (Socket here = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return new Served(process, scheme + "://127.0.0.1:" + here.getPort());
            } catch (IOException e) {
                Thread.onSpinWait();
            }
        }
        process.destroyForcibly();
        throw new IOException("nginx does not listen; " + place.folder() + "/nginx.log says why");
    }

    /** Without a slash at its end. */
    String address() {
        return address;
    }

    private LongStream processes() {
        return LongStream.concat(
                LongStream.of(process.pid()), process.descendants().mapToLong(ProcessHandle::pid));
    }

    /** Seconds of CPU so far. */
    double cpu() throws IOException {
        double ticks = 0;
        for (long each : processes().toArray()) {
            String facts = Files.readString(Path.of("/proc/" + each + "/stat"));
            List<String> fields =
                    List.of(facts.substring(facts.lastIndexOf(')') + 2).split(" ", -1));
            ticks += Double.parseDouble(fields.get(11)) + Double.parseDouble(fields.get(12));
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** The most MiB that it ever held. */
    double memory() throws IOException {
        List<Double> peaks = new ArrayList<>();
        for (long each : processes().toArray()) {
            for (String line : Files.readAllLines(Path.of("/proc/" + each + "/status"))) {
                if (line.startsWith("VmHWM:")) {
                    peaks.add(Double.parseDouble(line.replaceAll("\\D", "")) / 1024);
                }
            }
        }
        return peaks.stream().mapToDouble(peak -> peak).sum();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
