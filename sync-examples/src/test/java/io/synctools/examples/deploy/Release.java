package io.synctools.examples.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The release, unpacked as the Dockerfile does it.
 *
 * @param home where it lies
 * @param environment of all that it runs
 */
record Release(Path home, Map<String, String> environment) {

    /** How a command ended. */
    record Ran(int status, String said) {}

    static Path zip() {
        return Path.of(Objects.requireNonNull(System.getProperty("release.zip"), "run by mvn verify"));
    }

    /** Unpacks it below a folder; Maven is not to be found there, or rather found out. */
    static Release unpack(Path folder) throws IOException, InterruptedException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path maven =
                Files.writeString(bin.resolve("mvn"), "#!/bin/sh\ntouch " + folder + "/maven-was-called\nexit 1\n");
        if (!maven.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + maven + " executable");
        }
        String java = Path.of(System.getProperty("java.home"), "bin").toString();
        Release release = new Release(
                folder.resolve("opt/sync-tools"),
                Map.of(
                        "PATH",
                        bin + ":" + java + ":/usr/bin:/bin",
                        "HOME",
                        Files.createDirectory(folder.resolve("home")).toString()));
        Files.createDirectory(folder.resolve("opt"));
        Path zip = Files.copy(zip(), folder.resolve("sync-tools.zip"));
        String unpacking = Manifests.text("Dockerfile")
                .replace("\\\n", " ")
                .lines()
                .filter(line -> line.startsWith("RUN ") && line.contains("jar xf"))
                .map(line -> line.substring("RUN ".length())
                        .replace("/tmp/sync-tools.zip", zip.toString())
                        .replace("/opt/", folder.resolve("opt") + "/"))
                .findFirst()
                .orElseThrow();
        Ran ran = release.run(List.of("sh", "-c", unpacking));
        if (ran.status != 0) {
            throw new IOException("unpacking failed: " + ran.said);
        }
        return release;
    }

    /** Its {@code bin/sync}. */
    Path sync() {
        return home.resolve("bin/sync");
    }

    Ran sync(String... arguments) throws IOException, InterruptedException {
        return run(Stream.concat(Stream.of(sync().toString()), Stream.of(arguments))
                .toList());
    }

    private Ran run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), said);
    }
}
