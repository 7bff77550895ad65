package io.synctools.skopeo;

import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The skopeo program: what it is asked, and what its answers mean.
 *
 * <p>Thread-safe. No secret stands in an argument; nothing goes through a shell.
 */
final class Skopeo {
    /** How a program ends that a terminal's signal ends: SIGHUP, SIGINT, SIGTERM. */
    private static final Set<Integer> BY_TERMINAL = Set.of(129, 130, 143);

    /** How much longer our watchdog waits than skopeo's own limit. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** What skopeo needs of our environment; credentials in other variables are none of its business. */
    private static final Set<String> VARIABLES = Set.of(
            "PATH",
            "HOME",
            "TMPDIR",
            "XDG_RUNTIME_DIR",
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "NO_PROXY",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "CONTAINERS_REGISTRIES_CONF",
            "REGISTRIES_CONFIG_PATH");

    private final String program;
    private final SkopeoVersion version;
    private final CommandRunner runner;
    private final Map<String, String> environment;
    private final Duration limit;

    /**
     * One end of a copy.
     *
     * @param reference {@code host/name:tag} or {@code host/name@digest} at the address where the registry is reached
     * @param mayBePlain whether it may be spoken to without TLS
     * @param authFile holds the login; empty means anonymous
     */
    record End(String reference, boolean mayBePlain, Optional<Path> authFile) {}

    /** How the manifests shall arrive. */
    enum Form {
        /** It shall fail rather than change a byte. */
        UNCHANGED,
        /** As skopeo finds out that the destination takes them; it understands standard refusals only. */
        ACCEPTED,
        /** As Docker's schema 2, which every registry takes. */
        DOCKER
    }

    /**
     * One copy.
     *
     * @param from the source
     * @param to the destination
     * @param form how the manifests shall arrive
     * @param digestFile receives the digest that was written
     * @param policy signature policy; empty where this machine has one
     */
    record Copy(End from, End to, Form form, Path digestFile, Optional<Path> policy) {}

    Skopeo(String program, SkopeoVersion version, CommandRunner runner, Map<String, String> all, Duration limit) {
        this.program = program;
        this.version = version;
        this.runner = runner;
        this.limit = limit;
        environment = needed(all);
    }

    private static Map<String, String> needed(Map<String, String> all) {
        Map<String, String> needed = new HashMap<>(all);
        needed.keySet().removeIf(name -> !VARIABLES.contains(name.toUpperCase(Locale.ROOT)));
        needed.put("LC_ALL", "C.UTF-8");
        Optional.ofNullable(all.getOrDefault("all_proxy", all.get("ALL_PROXY")))
                .filter(proxy -> !proxy.isEmpty())
                .ifPresent(proxy -> {
                    for (String name : List.of("http_proxy", "https_proxy")) { // skopeo knows none for all
                        if (!needed.containsKey(name.toUpperCase(Locale.ROOT))) {
                            needed.putIfAbsent(name, proxy);
                        }
                    }
                });
        return needed;
    }

    /**
     * Finds the program and asks for its version.
     *
     * @throws IllegalArgumentException if there is none, or one that is too old, with the command that installs it
     */
    static Skopeo find(RunContext context, CommandRunner runner) {
        Map<String, String> environment = context.environment();
        String program = SkopeoOptions.program(context);
        Path path = onPath(program, environment)
                .orElseThrow(() -> new IllegalArgumentException("images need " + program
                        + ", which is not on the PATH; install it: " + installCommand(environment)));
        String printed;
        try {
            CommandRunner.Finished finished =
                    runner.run(List.of(path.toString(), "--version"), needed(environment), "", Duration.ofSeconds(10));
            if (BY_TERMINAL.contains(finished.exit())) {
                // Ctrl-C reaches the program before it interrupts us, in this moment.
                new CountDownLatch(1).await(2, TimeUnit.SECONDS);
            }
            printed = finished.output().isBlank() ? finished.errors() : finished.output();
        } catch (IOException e) {
            throw new IllegalArgumentException(path + " cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException("interrupted while asking " + path + " for its version", e);
        }
        SkopeoVersion version = SkopeoVersion.parse(printed)
                .filter(SkopeoVersion::tellsDigest)
                .orElseThrow(() -> new IllegalArgumentException(path + " is not skopeo 1.3 or later (it says \""
                        + printed.strip() + "\"); install a newer one: " + installCommand(environment)));
        return new Skopeo(
                path.toString(), version, runner, environment, context.options().get(SkopeoOptions.COPY_TIMEOUT));
    }

    private static Optional<Path> onPath(String program, Map<String, String> environment) {
        if (program.contains("/")) {
            return Optional.of(Path.of(program)).filter(Files::isExecutable);
        }
        for (String folder : environment.getOrDefault("PATH", "").split(":", -1)) {
            Path path = Path.of(folder, program);
            if (!folder.isEmpty() && Files.isRegularFile(path) && Files.isExecutable(path)) {
                return Optional.of(path);
            }
        }
        return Optional.empty();
    }

    private static String installCommand(Map<String, String> environment) {
        for (String command : List.of(
                "apt-get install skopeo",
                "dnf install skopeo",
                "zypper install skopeo",
                "apk add skopeo",
                "brew install skopeo")) {
            if (onPath(command.substring(0, command.indexOf(' ')), environment).isPresent()) {
                return command;
            }
        }
        return "apt-get install skopeo (or your system's package manager)";
    }

    /** Whether it can be asked to leave every byte as it is. */
    boolean canPreserve() {
        return version.preservesDigests();
    }

    /** Whether this machine lacks the signature policy without which nothing is copied. */
    boolean needsPolicy() {
        String home = environment.getOrDefault("HOME", "");
        return !Files.exists(Path.of(home, ".config/containers/policy.json"))
                && !Files.exists(Path.of("/etc/containers/policy.json"));
    }

    /**
     * Copies one image with all its platforms.
     *
     * @param secrets to be masked in messages
     * @return the digest of the manifest as it was written
     * @throws RefusedTypeException if the destination takes it only changed
     * @throws SyncException what trying again at once will not mend
     */
    String copy(Copy copy, List<Login> secrets) throws IOException, InterruptedException {
        CommandRunner.Finished finished = runner.run(argv(copy), environment, "", limit.plus(GRACE));
        if (finished.exit() == 0 && !finished.killed()) {
            return Files.readString(copy.digestFile()).strip();
        }
        throw failure(copy, finished, secrets);
    }

    private List<String> argv(Copy copy) {
        List<String> argv = new ArrayList<>(List.of(program, "--command-timeout", limit.toSeconds() + "s"));
        copy.policy().ifPresent(file -> argv.addAll(List.of("--policy", file.toString())));
        argv.addAll(List.of("copy", "--all"));
        if (copy.form() == Form.UNCHANGED && canPreserve()) {
            argv.add("--preserve-digests");
        } else {
            argv.add("--remove-signatures"); // they would be wrong for a converted image
        }
        if (copy.form() == Form.DOCKER) {
            argv.addAll(List.of("--format", "v2s2"));
        }
        argv.addAll(List.of("--digestfile", copy.digestFile().toString()));
        addAccess(argv, "src", copy.from());
        addAccess(argv, "dest", copy.to());
        argv.add("docker://" + copy.from().reference());
        argv.add("docker://" + copy.to().reference());
        return argv;
    }

    private static void addAccess(List<String> argv, String side, End end) {
        if (end.authFile().isPresent()) {
            argv.addAll(List.of("--" + side + "-authfile", end.authFile().get().toString()));
        } else {
            argv.add("--" + side + "-no-creds"); // else a stray login of this machine's account is used
        }
        if (end.mayBePlain()) {
            argv.add("--" + side + "-tls-verify=false");
        }
    }

    private IOException failure(Copy copy, CommandRunner.Finished finished, List<Login> secrets) {
        String what = "skopeo could not copy " + copy.from().reference() + " to "
                + copy.to().reference() + ": ";
        if (finished.killed()) {
            throw tooLong(what);
        }
        String reason = SkopeoFault.reason(finished.errors(), masks(secrets));
        SkopeoFault told = SkopeoFault.of(withoutNames(reason, copy));
        boolean sourceIsGone = finished.exit() == 2 && version.tellsNotFound() && told != SkopeoFault.NO_PROJECT;
        SkopeoFault fault = sourceIsGone ? SkopeoFault.NOT_FOUND : told;
        String message = what + (reason.isEmpty() ? "it ended with status " + finished.exit() : reason);
        String to = copy.to().reference().replaceFirst("/.*", "");
        return switch (fault) {
            case REFUSED_TYPE -> throw new RefusedTypeException(message);
            case QUOTA -> throw new SyncException(FailureKind.RATE_LIMITED, message + "; try again later", true, null);
            case RATE_LIMIT -> new RetryLaterException(FailureKind.RATE_LIMITED, message, Optional.empty());
            case LOGIN -> throw new RefusedLoginException(message);
            case DENIED -> throw new SyncException(FailureKind.ACCESS, message);
            case NOT_FOUND -> throw new SyncException(FailureKind.NOT_FOUND, message);
            case NO_PROJECT ->
                throw new SyncException(
                        FailureKind.NOT_FOUND,
                        message + "; make the project (organisation, namespace) at " + to
                                + " first, or correct \"dest\"");
            case FULL ->
                throw new SyncException(
                        FailureKind.NO_SPACE,
                        message + "; make room at " + to + " or ask for a larger quota there, then run again");
            case TOO_LARGE ->
                throw new SyncException(
                        FailureKind.INCOMPATIBLE,
                        message + "; " + to + ", or a proxy before it, takes no upload of that size: its operator can"
                                + " raise the limit");
            case BLOCKED ->
                throw new SyncException(
                        FailureKind.ACCESS,
                        message + "; this machine forbids that registry: change its registries.conf, or name another"
                                + " by CONTAINERS_REGISTRIES_CONF");
            case PLAIN ->
                throw new SyncException(
                        FailureKind.UNAVAILABLE,
                        message
                                + "; if that registry is meant to speak plain http, name it by the option \"plain-http\"");
            case TLS ->
                throw new SyncException(
                        FailureKind.UNAVAILABLE,
                        message + "; a private CA goes into SSL_CERT_FILE or /etc/containers/certs.d/HOST");
            case TIMEOUT -> throw tooLong(what);
            case CONFIG -> throw new SyncException(FailureKind.OTHER, message);
            case UNSUPPORTED -> throw new SyncException(FailureKind.INCOMPATIBLE, message);
            case NO_SPACE -> throw new SyncException(FailureKind.NO_SPACE, message);
            case SERVER, LAYER_LOST, TRANSIENT -> new IOException(message);
        };
    }

    /** Names of images may hold any word. */
    private static String withoutNames(String reason, Copy copy) {
        String rest = reason;
        for (End end : List.of(copy.from(), copy.to())) {
            String reference = end.reference();
            String name = reference.substring(reference.indexOf('/')).replaceFirst("[:@].*", "");
            rest = rest.replace(reference, "").replace(name, "");
        }
        return rest;
    }

    private SyncException tooLong(String what) {
        return new SyncException(
                FailureKind.TIMEOUT,
                what + "it took longer than " + limit.toSeconds()
                        + " s; the next run goes on with the layers that are there, or raise the option \"copy-timeout\"",
                true,
                null);
    }

    private static List<String> masks(List<Login> logins) {
        List<String> masks = new ArrayList<>();
        for (Login login : logins) {
            masks.add(login.basic());
            masks.add(login.secret());
            masks.add(URLEncoder.encode(login.secret(), StandardCharsets.UTF_8));
        }
        return masks;
    }
}
