package io.synctools.skopeo;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real docker-registry on a free loopback port, with its data in a folder of the test. */
final class LocalRegistry implements AutoCloseable {
    /** A user whose password holds what shells, URLs and JSON find special. */
    static final String USER = "ascend+ci";

    static final String PASSWORD = "p w\"d'$`%25:x";
    private static final String BCRYPT = "$2b$04$abcdefghijklmnopqrstuud2iH1OrsuF5EFTk07bcWpgTLfk.46fi";
    private static final Pattern LISTENING = Pattern.compile("listening on (127\\.0\\.0\\.1:\\d+)");

    private final Process process;
    private final String authority;

    private LocalRegistry(Process process, String authority) {
        this.process = process;
        this.authority = authority;
    }

    /** An open registry, which still takes images of schema 1. */
    static LocalRegistry open(Path folder) throws IOException {
        return start(folder, "compatibility: {schema1: {enabled: true}}\n");
    }

    /** One that wants {@link #USER} and {@link #PASSWORD} for everything. */
    static LocalRegistry withPassword(Path folder) throws IOException {
        Path users = Files.writeString(Files.createDirectories(folder).resolve("htpasswd"), USER + ":" + BCRYPT + "\n");
        return start(folder, "auth: {htpasswd: {realm: test, path: " + users + "}}\n");
    }

    private static LocalRegistry start(Path folder, String more) throws IOException {
        requirePrograms();
        Files.createDirectories(folder);
        Path config = Files.writeString(
                folder.resolve("config.yml"),
                "version: 0.1\nlog: {level: info, accesslog: {disabled: true}}\n"
                        + "storage: {filesystem: {rootdirectory: " + folder.resolve("data")
                        + "}, delete: {enabled: true}}\n"
                        + "http: {addr: '127.0.0.1:0', relativeurls: true}\n" + more);
        Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .start();
        BufferedReader log = process.inputReader();
        List<String> seen = new ArrayList<>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            seen.add(line);
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                Thread drain = new Thread(() -> log.lines().forEach(rest -> {}), "registry-log");
                drain.setDaemon(true);
                drain.start();
                return new LocalRegistry(process, listening.group(1));
            }
        }
        throw new IOException("docker-registry does not start: " + seen);
    }

    private static void requirePrograms() {
        for (String program : List.of("skopeo", "docker-registry")) {
            boolean there = List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
            if (!there && "true".equals(System.getenv("CI"))) {
                throw new AssertionError(
                        program + " is missing, and CI does not skip tests: apt-get install " + program);
            }
            if (!there) {
                abort(program + " is not installed: apt-get install " + program);
            }
        }
    }

    /** Host and port. */
    String authority() {
        return authority;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
