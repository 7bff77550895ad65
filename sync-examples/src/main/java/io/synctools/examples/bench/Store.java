package io.synctools.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** An object store on a free loopback port, with one bucket whose objects are files in a folder. Thread-safe. */
public final class Store implements Closeable {
    public static final String BUCKET = "bench";

    private static final int TRIES = 200;

    private final Process process;
    private final Path data;
    private final int port;

    private Store(Process process, Path data, int port) {
        this.process = process;
        this.data = data;
        this.port = port;
    }

    /** What the build of the module for object stores says it takes to start one; none in a release. */
    static Path classes(BenchSetup place) {
        return place.launcher().resolveSibling("sync-examples/s3/target/store.classpath");
    }

    /**
     * Starts an empty one, which checks signatures and checksums.
     *
     * @param classes a file that says what it takes, as the build of the module for object stores writes it
     * @param folder emptied
     */
    public static Store start(Path classes, Path folder) throws IOException {
        BenchSetup.delete(folder);
        Path data = Files.createDirectories(folder.resolve("data"));
        Files.createDirectories(data.resolve(BUCKET));
        int port = freePort();
        Path quiet = Files.writeString(
                folder.resolve("logback.xml"), "<configuration><root level=\"OFF\"/></configuration>");
        Path properties = Files.writeString(
                folder.resolve("store.properties"),
                "s3proxy.endpoint=http://127.0.0.1:" + port + "\ns3proxy.authorization=aws-v4\n"
                        + "s3proxy.identity=bench\ns3proxy.credential=bench\njclouds.provider=filesystem-nio2\n"
                        + "jclouds.filesystem.basedir=" + data + "\n");
        Process process = new ProcessBuilder(
                        "java",
                        "-Xmx512m",
                        "-Dlogback.configurationFile=" + quiet,
                        "-cp",
                        Files.readString(classes, StandardCharsets.UTF_8).strip(),
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        properties.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        // Also when the bench is interrupted.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "store-stop"));
        Store store = new Store(process, data, port);
        store.await();
        return store;
    }

    private void await() throws IOException {
        for (int tries = 0; tries < TRIES && process.isAlive(); tries++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                LockSupport.parkNanos(100_000_000L);
            }
        }
        process.destroy();
        throw new IOException("the object store does not start");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** What clients need to know. */
    public Map<String, String> environment() {
        return Map.of(
                "AWS_ENDPOINT_URL", endpoint(),
                "AWS_ACCESS_KEY_ID", "bench",
                "AWS_SECRET_ACCESS_KEY", "bench",
                "AWS_REGION", "us-east-1");
    }

    String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    /** The folder that holds the bucket's objects at their keys. */
    public Path bucket() {
        return data.resolve(BUCKET);
    }

    /** Forgets everything; it keeps nothing in memory. */
    void empty() throws IOException {
        BenchSetup.delete(bucket());
        Files.createDirectories(bucket());
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
