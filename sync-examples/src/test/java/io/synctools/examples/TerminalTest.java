package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.synctools.SyncReport;
import io.synctools.examples.hub.OciLayout;
import io.synctools.examples.hub.RegistryDialect;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs with bars on a real pseudo-terminal, on which Ctrl-C is typed. */
class TerminalTest {
    private static final long PATIENCE = Duration.ofSeconds(60).toNanos();
    private static final String PASSWORD = "the-registry's-password";

    @TempDir
    Path folder;

    /** What runs on the terminal, and all that it wrote there until now. */
    private final class Session {
        private final Process script;
        private final StringBuffer screen = new StringBuffer();
        private final CompletableFuture<Void> reader;

        Session(Map<String, String> environment, String flow, String... options) throws IOException {
            String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            List<String> command = new ArrayList<>(List.of("exec", java, "-Xmx96m", "-XX:+UseSerialGC"));
            command.addAll(List.of("-Dsync.terminal=true", "-cp", "'" + classPath + "'", Launch.class.getName(), flow));
            command.addAll(List.of(options));
            // The shell that waits tells afterwards what became of the terminal and of the program.
            String line = "stty cols 80 rows 24; stty -g >before; sh -c \"" + String.join(" ", command)
                    + "\"; echo $? >status; stty -g >after";
            // A build that runs in the background hands down that Ctrl-C is ignored, and no shell can take that back.
            ProcessBuilder builder = new ProcessBuilder(
                            "env", "--default-signal=INT", "script", "-qefc", "trap : INT; " + line, "/dev/null")
                    .directory(folder.toFile())
                    .redirectErrorStream(true);
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.matches("CI|NO_COLOR|GITHUB_.*|MODELSCOPE_.*|HF_.*|JOB_COMPLETION_.*"));
            builder.environment().put("TERM", "xterm");
            builder.environment().put("LC_ALL", "C.UTF-8");
            builder.environment().put("SHELL", "/bin/sh");
            builder.environment().put("HOME", folder.resolve("home").toString());
            builder.environment().putAll(environment);
            script = builder.start();
            reader = CompletableFuture.runAsync(this::read);
        }

        private void read() {
            try {
                byte[] block = new byte[8192];
                for (int n; (n = script.getInputStream().read(block)) > 0; ) {
                    screen.append(new String(block, 0, n, StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                screen.append(e);
            }
        }

        void await(String text) {
            await(() -> screen.indexOf(text) >= 0, text);
        }

        void await(java.util.function.BooleanSupplier condition, String what) {
            long deadline = System.nanoTime() + PATIENCE;
            while (!condition.getAsBoolean()) {
                assertTrue(System.nanoTime() < deadline, () -> "never came: " + what + "\n" + screen);
                assertTrue(script.isAlive(), () -> "ended before: " + what + "\n" + screen);
                LockSupport.parkNanos(5_000_000);
            }
        }

        void type(String keys) throws IOException {
            OutputStream in = script.getOutputStream();
            in.write(keys.getBytes(StandardCharsets.UTF_8));
            in.flush();
        }

        int end() throws Exception {
            assertTrue(script.waitFor(PATIENCE, TimeUnit.NANOSECONDS), () -> "it did not end\n" + screen);
            reader.get(PATIENCE, TimeUnit.NANOSECONDS);
            assertEquals(read("before"), read("after"), "the terminal is not as it was");
            return Integer.parseInt(read("status"));
        }

        private String read(String file) throws IOException {
            return Files.readString(folder.resolve(file)).strip();
        }

        /** The screen as a person sees it now. */
        List<String> seen() {
            FakeTerminal terminal = new FakeTerminal(80);
            terminal.print(screen.toString());
            return terminal.lines();
        }
    }

    private static void assumeTool(String name) {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":")).anyMatch(path -> Files.isExecutable(Path.of(path, name))),
                () -> "skipped: there is no " + name + " here");
    }

    private List<Path> files(String pattern) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.getFileName().toString().matches(pattern))
                    .collect(Collectors.toList());
        }
    }

    private SyncReport report() throws IOException {
        return SyncReport.read(folder.resolve("report.json"));
    }

    @Test
    void ctrlCEndsAMirrorOfFilesWithItsReportAndTheNextRunGoesOn() throws Exception {
        assumeTool("script");
        HubFile big = HubFile.random("model.safetensors", 12 << 20, 3);
        List<HubRepository> served = List.of(
                HubRepository.of("models/acme/big", List.of(big)),
                HubRepository.of("models/acme/small", List.of(HubFile.of("config.json", "{}"))));
        Files.writeString(folder.resolve("m.ini"), "acme/big\nacme/small\nacme/none\n");
        Files.writeString(folder.resolve("d.ini"), "# none\n");
        String[] options = {"--models", "m.ini", "--datasets", "d.ini", "--modelscope-cache", "cache"};
        String[] all = Stream.concat(
                        Stream.of(options),
                        Stream.of("--report", "report.json", "--connections", "2", "--part-size", "1MiB"))
                .toArray(String[]::new);
        try (Hub hub = Hub.start(new Hub.Options(0, Duration.ZERO, 1 << 20), served)) {
            Map<String, String> environment =
                    Map.of("MODELSCOPE_ENDPOINT", hub.origin().toString());
            Session session = new Session(environment, "vllm-guiyang003", all);
            session.await("acme/none: NOT_FOUND"); // at once, and why
            session.await("items 2/3, 1 failed");
            session.await(
                    () -> session.screen.toString().matches("(?s).*model.safetensors  [1-9]\\.\\d of.*"), "bytes");
            long began = System.nanoTime();
            session.type("\003");
            assertEquals(130, session.end(), session.screen::toString);
            assertTrue(System.nanoTime() - began < Duration.ofSeconds(10).toNanos(), "it took more than ten seconds");
            assertEquals(130, report().exit());
            assertTrue(report().interrupted());
            assertEquals(List.of(), files("lease"), "the lease is given up");
            List<String> seen = session.seen();
            assertTrue(seen.stream().noneMatch(line -> line.startsWith("[")), () -> "a bar remained: " + seen);
            assertTrue(seen.stream().anyMatch(line -> line.contains("the next one goes on from here")), seen::toString);
            assertTrue(seen.get(seen.size() - 1).startsWith("3 items: 1 copied, 2 failed"), seen::toString);
        }
        long fetched = report().totals().bytesTransferred();
        Files.writeString(folder.resolve("m.ini"), "acme/big\nacme/small\n");
        try (Hub fast = Hub.start(Hub.Options.PLAIN, served)) {
            Session next =
                    new Session(Map.of("MODELSCOPE_ENDPOINT", fast.origin().toString()), "vllm-guiyang003", all);
            assertEquals(0, next.end(), next.screen::toString);
        }
        assertTrue(fetched > 0);
        assertTrue(
                report().items().get(0).bytes().orElseThrow().reused() > 0,
                "what was fetched before is not fetched again");
    }

    @Test
    void ctrlCWhileTheProgramsAreLookedAtIsNoFaultOfTheirs() throws Exception {
        assumeTool("script");
        Path skopeo = Files.writeString(
                Files.createDirectory(folder.resolve("bin")).resolve("skopeo"), "#!/bin/sh\nexec sleep 60\n");
        assertTrue(skopeo.toFile().setExecutable(true));
        Files.writeString(
                folder.resolve("rules.json"), "[{\"src\": \"docker.io/acme/app\", \"dest\": \"quay.io/acme/app\"}]");
        Session session = new Session(
                Map.of("PATH", skopeo.getParent() + ":" + System.getenv("PATH")), "images", "--images", "rules.json");
        session.await(
                () -> ProcessHandle.current()
                        .descendants()
                        .anyMatch(process -> process.info().command().orElse("").endsWith("/sleep")),
                "the program");
        session.type("\003");
        assertEquals(130, session.end(), session.screen::toString);
        assertFalse(session.screen.toString().contains("skopeo"), session.screen::toString);
    }

    @Test
    void ctrlCEndsACopyOfImagesAndLeavesNeitherPasswordNorChild() throws Exception {
        assumeTool("script");
        assumeTool("skopeo");
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        OciLayout layout = new OciLayout(folder.resolve("source/acme/app"));
        layImage(layout);
        try (Hub source =
                        RegistryDialect.start(new Hub.Options(0, Duration.ofSeconds(1), 0), folder.resolve("source"));
                Hub mirror = RegistryDialect.start(Hub.Options.PLAIN, folder.resolve("mirror"))) {
            Files.writeString(
                    folder.resolve("rules.json"),
                    "[{\"src\": \"docker.io/acme/app\", \"dest\": \"quay.io/acme/app\"}]");
            String from = source.origin().getAuthority();
            String to = mirror.origin().getAuthority();
            Session session = new Session(
                    Map.of(
                            "TMPDIR",
                            temporary.toString(),
                            variable(to) + "_USER",
                            "robot",
                            variable(to) + "_PASSWORD",
                            PASSWORD),
                    "images",
                    "--images",
                    "rules.json",
                    "--registry",
                    "docker.io=" + from,
                    "--registry",
                    "quay.io=" + to,
                    "--report",
                    "report.json");
            session.await(() -> skopeo("copy"), "skopeo");
            session.type("\003");
            assertEquals(130, session.end(), session.screen::toString);
            assertEquals(130, report().exit());
            assertTrue(report().interrupted());
            assertFalse(skopeo(""), "a child remained");
            for (Path file : files(".*").stream().filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertFalse(text.contains(PASSWORD), () -> "the password is left in " + file);
                assertFalse(text.contains("cm9ib3Q6"), () -> "the login is left in " + file); // base64 of "robot:"
            }
            try (Stream<Path> left = Files.list(temporary)) {
                assertEquals(
                        List.of(),
                        left.filter(file -> !file.toString().contains("hsperfdata"))
                                .toList());
            }
        }
    }

    /** Whether a child of ours is skopeo, with that among its arguments. */
    private static boolean skopeo(String argument) {
        return ProcessHandle.current()
                .descendants()
                .map(ProcessHandle::info)
                .filter(info -> info.command().orElse("").endsWith("/skopeo"))
                .anyMatch(info -> argument.isEmpty()
                        || List.of(info.arguments().orElse(new String[0])).contains(argument));
    }

    private static String variable(String authority) {
        return "_" + authority.replaceAll("[^0-9A-Za-z]", "_");
    }

    /** A small image. */
    private static void layImage(OciLayout layout) throws IOException {
        byte[] layer = new byte[1 << 20];
        new Random(5).nextBytes(layer);
        byte[] config = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
                .getBytes(StandardCharsets.UTF_8);
        layout.put(layer);
        layout.put(config);
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\""
                + OciLayout.digestOf(config) + "\",\"size\":" + config.length
                + "},\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"digest\":\""
                + OciLayout.digestOf(layer) + "\",\"size\":" + layer.length + "}]}";
        layout.tag("v1", "application/vnd.oci.image.manifest.v1+json", manifest.getBytes(StandardCharsets.UTF_8));
    }
}
