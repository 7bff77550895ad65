package io.synctools.skopeo;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/**
 * Finds the account for a repository: the host's variables, the variables of the old jobs, then the authfile that
 * {@code REGISTRY_AUTH_FILE} names, or else those of {@code skopeo login} and of docker, with their credential helpers.
 *
 * <p>Thread-safe. Each repository is looked up once.
 */
final class RegistryCredentials {
    private static final Duration HELPER_LIMIT = Duration.ofSeconds(30);
    private static final Pattern HELPER = Pattern.compile("[A-Za-z0-9._-]+");
    private static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

    /** Names of user and password variables as the jobs before us had them. */
    private static final Map<String, List<String>> OLD_JOBS = Map.of(
            "quay.io", List.of("QUAY_ASCEND_USER", "QUAY_ASCEND_PWD"),
            "docker.io", List.of("DOCKERHUB_USER", "DOCKERHUB_PWD"),
            "swr.cn-southwest-2.myhuaweicloud.com", List.of("HWCLOUD_USER", "HWCLOUD_PWD"),
            "swr.cn-east-4.myhuaweicloud.com", List.of("HWCLOUD_EAST_USER", "HWCLOUD_EAST_PWD"),
            "swr.ap-southeast-1.myhuaweicloud.com", List.of("SWR_HK_USER", "SWR_HK_SECRET"));

    private final RunContext context;
    private final Map<String, String> otherAddresses;
    private final CommandRunner runner;
    private final Map<String, String> remarks = new ConcurrentHashMap<>();

    /** Held while a helper is asked, for up to its limit: whoever waits for the answer can be interrupted. */
    private final ReentrantLock asking = new ReentrantLock();

    private final Map<ImageRepository, Optional<Login>> found = new ConcurrentHashMap<>();

    RegistryCredentials(RunContext context, Map<String, String> otherAddresses, CommandRunner runner) {
        this.context = context;
        this.otherAddresses = Map.copyOf(otherAddresses);
        this.runner = runner;
    }

    /** The account for a repository; empty means that it is used anonymously. */
    Optional<Login> find(ImageRepository repository) throws InterruptedException {
        asking.lockInterruptibly();
        try {
            Optional<Login> known = found.get(repository);
            if (known == null) {
                known = look(repository);
                found.put(repository, known);
            }
            return known;
        } finally {
            asking.unlock();
        }
    }

    /** Looks up each account once more: people log in, and helpers change their minds. */
    void lookAnew() {
        found.clear();
        remarks.clear();
    }

    /** What to do where the account is missing or wrong: names everything that was looked for. */
    String advice(String host) {
        String remark = remarks.getOrDefault(host, "");
        List<String> own = variables(host);
        StringBuilder text = new StringBuilder("set " + own.get(0) + " and " + own.get(1));
        List<String> old = OLD_JOBS.get(host);
        if (old != null) {
            text.append(" (or ")
                    .append(old.get(0))
                    .append(" and ")
                    .append(old.get(1))
                    .append(')');
        }
        text.append(", or log in to ").append(host).append(" in ").append(authFile());
        return remark.isEmpty() ? text.toString() : text + "; " + remark;
    }

    /** The names of the variables with user and password of a host. */
    static List<String> variables(String host) {
        String name = host.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
        String prefix = Character.isDigit(name.charAt(0)) ? "_" + name : name;
        return List.of(prefix + "_USER", prefix + "_PASSWORD");
    }

    private Optional<Login> look(ImageRepository repository) throws InterruptedException {
        List<List<String>> pairs = new ArrayList<>(List.of(variables(repository.host())));
        Optional.ofNullable(OLD_JOBS.get(repository.host())).ifPresent(pairs::add);
        for (List<String> pair : pairs) {
            Optional<String> user = context.env(pair.get(0));
            Optional<String> password = context.env(pair.get(1));
            if (user.isPresent() && password.isPresent()) {
                return Optional.of(Login.password(user.get(), password.get()));
            }
            if (user.isPresent() || password.isPresent()) {
                remark(
                        repository,
                        (user.isPresent() ? pair.get(0) : pair.get(1)) + " is set, "
                                + (user.isPresent() ? pair.get(1) : pair.get(0)) + " is not");
            }
        }
        return inFile(repository);
    }

    /** Where docker keeps its logins, which is where people look. */
    private Path authFile() {
        return context.env("REGISTRY_AUTH_FILE").map(Path::of).orElseGet(() -> context.env("DOCKER_CONFIG")
                .map(Path::of)
                .orElseGet(() -> home().resolve(".docker"))
                .resolve("config.json"));
    }

    private Path home() {
        return Path.of(context.env("HOME").orElse("/"));
    }

    /** In skopeo's own order. */
    private List<Path> authFiles() {
        if (context.env("REGISTRY_AUTH_FILE").isPresent()) {
            return List.of(authFile());
        }
        Path runtime = context.env("XDG_RUNTIME_DIR")
                .map(folder -> Path.of(folder, "containers", "auth.json"))
                .orElseGet(RegistryCredentials::runtimeFile);
        Path config = context.env("XDG_CONFIG_HOME").map(Path::of).orElseGet(() -> home().resolve(".config"));
        return List.of(runtime, config.resolve("containers/auth.json"), authFile());
    }

    /** Where {@code skopeo login} writes without {@code XDG_RUNTIME_DIR}. */
    private static Path runtimeFile() {
        String user;
        try {
            user = Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            user = "0"; // another kind of system, where no such folder is
        }
        return Path.of("/run/containers", user, "auth.json");
    }

    private Optional<Login> inFile(ImageRepository repository) throws InterruptedException {
        for (Path path : authFiles()) {
            Optional<Login> login = inFile(repository, path);
            if (login.isPresent()) {
                return login;
            }
        }
        return Optional.empty();
    }

    private Optional<Login> inFile(ImageRepository repository, Path path) throws InterruptedException {
        JsonNode file;
        try {
            file = Json.MAPPER.readTree(Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            context.env("REGISTRY_AUTH_FILE").ifPresent(named -> remark(repository, "there is no file " + named));
            return Optional.empty();
        } catch (IOException e) {
            // The exception's text may hold a piece of the file, and so of a secret.
            remark(repository, path + " cannot be read as JSON");
            return Optional.empty();
        }
        for (String name : names(repository)) {
            String host = name.substring(0, name.indexOf('/'));
            String helper = file.path("credHelpers")
                    .path(serverKey(file.path("credHelpers"), host))
                    .asText();
            if (helper.isEmpty()) {
                helper = file.path("credsStore").asText();
            }
            Optional<Login> login = helper.isEmpty() ? Optional.empty() : fromHelper(repository, path, helper, host);
            if (login.isEmpty()) {
                login = fromEntry(repository, path, file.path("auths"), name);
            }
            if (login.isPresent()) {
                return login;
            }
        }
        return Optional.empty();
    }

    /** The repository by its own host, then by the other address that stands for it. */
    private List<String> names(ImageRepository repository) {
        String other = otherAddresses.get(repository.host());
        return other == null
                ? List.of(repository.toString())
                : List.of(repository.toString(), other + "/" + repository.path());
    }

    /** The most specific entry wins: {@code host/a/b}, {@code host/a}, {@code host}. */
    private Optional<Login> fromEntry(ImageRepository repository, Path path, JsonNode auths, String name) {
        String key = name;
        while (true) {
            JsonNode entry = auths.path(serverKey(auths, key));
            Optional<Login> login = login(entry);
            if (login.isEmpty() && !entry.isMissingNode() && !entry.isEmpty()) {
                remark(
                        repository,
                        "the entry for " + key + " in " + path + " cannot be read: \"auth\" is not the Base64 of"
                                + " USER:PASSWORD, and \"username\" and \"password\" are not there");
            }
            int slash = key.lastIndexOf('/');
            if (login.isPresent() || slash < 0) {
                return login;
            }
            key = key.substring(0, slash);
        }
    }

    private static Optional<Login> login(JsonNode entry) {
        String token = entry.path("identitytoken").asText();
        if (!token.isEmpty()) {
            return Optional.of(new Login("<token>", token, true));
        }
        String pair = decoded(entry.path("auth").asText());
        int colon = pair.indexOf(':');
        if (colon >= 0) {
            return Optional.of(Login.password(pair.substring(0, colon), pair.substring(colon + 1)));
        }
        String user = entry.path("username").asText();
        String password = entry.path("password").asText();
        return user.isEmpty() || password.isEmpty() ? Optional.empty() : Optional.of(Login.password(user, password));
    }

    /** As tools write it: some break the lines, some pad with NUL; empty if it is no Base64. */
    private static String decoded(String auth) {
        try {
            byte[] bytes = Base64.getDecoder().decode(auth.replaceAll("\\s", ""));
            return new String(bytes, StandardCharsets.UTF_8).replaceFirst("\0+$", "");
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** The key of an object that names this server, however it is spelt there; the server itself where none does. */
    private static String serverKey(JsonNode object, String server) {
        for (Iterator<String> keys = object.fieldNames(); keys.hasNext(); ) {
            String key = keys.next();
            String plain = key.replaceFirst("^https?://", "").replaceFirst("/(v[12]/?)?$", "");
            if (ImageRepository.canonicalHost(plain).equals(server)) {
                return key;
            }
        }
        return server;
    }

    private Optional<Login> fromHelper(ImageRepository repository, Path path, String helper, String host)
            throws InterruptedException {
        String program = "docker-credential-" + helper;
        if (!HELPER.matcher(helper).matches()) {
            remark(repository, "\"" + helper + "\" is not the name of a credential helper");
            return Optional.empty();
        }
        String server = host.equals("docker.io") ? DOCKER_HUB_KEY : host;
        try {
            CommandRunner.Finished finished =
                    runner.run(List.of(program, "get"), context.environment(), server, HELPER_LIMIT);
            if (finished.exit() == 0) {
                JsonNode answer = Json.MAPPER.readTree(finished.output());
                String user = answer.path("Username").asText();
                String secret = answer.path("Secret").asText();
                if (!secret.isEmpty()) {
                    return Optional.of(new Login(user, secret, user.equals("<token>")));
                }
            }
            if (!finished.output().contains("credentials not found")) {
                remark(repository, program + " failed for " + server + " with status " + finished.exit());
            }
        } catch (IOException e) {
            remark(repository, program + ", which " + path + " names, cannot be run or does not answer in JSON");
        }
        return Optional.empty();
    }

    private void remark(ImageRepository repository, String text) {
        remarks.merge(repository.host(), text, (old, more) -> old.contains(more) ? old : old + "; " + more);
    }
}
