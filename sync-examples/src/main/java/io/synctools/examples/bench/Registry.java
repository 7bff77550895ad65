package io.synctools.examples.bench;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A docker-registry on a free loopback port, with its data in a folder. Thread-safe. */
final class Registry implements Closeable {
    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");

    private final Process process;
    private final Path data;
    private final int port;

    private Registry(Process process, Path data, int port) {
        this.process = process;
        this.data = data;
        this.port = port;
    }

    /** Starts an empty one. */
    static Registry start(Path folder) throws IOException {
        BenchSetup.delete(folder);
        Path data = Files.createDirectories(folder.resolve("data"));
        Path config = Files.writeString(
                folder.resolve("config.yml"),
                "version: 0.1\nlog: {level: info, accesslog: {disabled: true}}\nstorage: {filesystem: {rootdirectory: '"
                        + data + "'}}\nhttp: {addr: '127.0.0.1:0', relativeurls: true}\n");
        Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .start();
        // Also when the bench is interrupted.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "registry-stop"));
        BufferedReader log = process.inputReader();
        List<String> seen = new ArrayList<>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            seen.add(line);
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                Thread drain = new Thread(() -> log.lines().forEach(more -> {}), "registry-log");
                drain.setDaemon(true);
                drain.start();
                return new Registry(process, data, Integer.parseInt(listening.group(1)));
            }
        }
        process.destroy();
        throw new IOException("docker-registry does not start: " + seen);
    }

    int port() {
        return port;
    }

    String authority() {
        return "127.0.0.1:" + port;
    }

    /** Where it keeps a blob. */
    Path blob(String sha256) {
        return data.resolve("docker/registry/v2/blobs/sha256")
                .resolve(sha256.substring(0, 2))
                .resolve(sha256)
                .resolve("data");
    }

    /** Forgets everything; it keeps nothing in memory. */
    void empty() throws IOException {
        BenchSetup.delete(data.resolve("docker"));
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
