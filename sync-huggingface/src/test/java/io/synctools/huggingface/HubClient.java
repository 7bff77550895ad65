package io.synctools.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * The hub's official JavaScript client, installed by npm into {@code target/} in the version that {@code src/test/node}
 * pins. Where npm cannot install it the tests are skipped, saying why; in CI they fail.
 */
final class HubClient {
    private static final Path BASE = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    private static final long MINUTES = 3;

    private final Path folder;

    private HubClient(Path folder) {
        this.folder = folder;
    }

    static HubClient install() throws IOException, InterruptedException {
        Path from = BASE.resolve("src/test/node");
        Path folder = Files.createDirectories(BASE.resolve("target/hub-client"));
        Path installed = folder.resolve("node_modules/installed-lock.json");
        boolean isThere = Files.exists(installed) && Files.mismatch(from.resolve("package-lock.json"), installed) < 0;
        for (String name : List.of("package.json", "package-lock.json", "client.mjs")) {
            Files.copy(from.resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!isThere) {
            try {
                execute(folder, List.of("npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"));
            } catch (IOException e) {
                String reason = "the hub's JavaScript client could not be installed: " + e.getMessage();
                if (System.getenv("CI") != null) {
                    Assertions.fail(reason, e);
                }
                System.out.println("SKIPPED: " + reason);
                Assumptions.abort(reason);
            }
            Files.copy(folder.resolve("package-lock.json"), installed);
        }
        return new HubClient(folder);
    }

    /** Runs one operation of {@code client.mjs}; a failure of it is an exception with what it printed. */
    JsonNode run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("node", "client.mjs"));
        command.addAll(Arrays.asList(arguments));
        return Json.MAPPER.readTree(execute(folder, command));
    }

    private static String execute(Path folder, List<String> command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(command + " did not end within " + MINUTES + " minutes");
            }
            if (process.exitValue() != 0) {
                throw new IOException(command + " ended with " + process.exitValue() + ": " + Files.readString(err));
            }
            return Files.readString(out);
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
