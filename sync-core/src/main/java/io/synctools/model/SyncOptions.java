package io.synctools.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How runs work: the options of the core, with their names, ranges and defaults, those of platforms beside them, and the
 * environment that platforms may read.
 *
 * <p>Immutable and thread-safe. What is out of range is refused when it is set. It never prints values, which may be secret.
 * Options that come as text, from a script or a file of properties, are read by {@code Platforms.options}.
 */
public final class SyncOptions {

    /** Entries in flight, at most: they follow {@link #CONNECTIONS}, some more than are found to be of use there. */
    public static final Option<Integer> JOBS = Option.number(
            "jobs",
            1,
            1024,
            1024,
            "",
            "upper bound of entries in flight, which follow the connections; divided among the shares");

    /**
     * Requests in flight to one host, and files' requests in all, at most. How many serve best is found for each host, from
     * 16 up; by default, up to what 96 MiB of heap hold.
     */
    public static final Option<Integer> CONNECTIONS = Option.number(
            "connections",
            1,
            1024,
            96,
            "",
            "upper bound of requests in flight to a host, found from 16 up; divided among the shares");

    /** What is spoken to hosts: 1 for HTTP/1.1 only; else HTTP/2 where a host offers it, but for large files. */
    public static final Option<Integer> HTTP =
            Option.number("http", 1, 2, 2, "", "1 for HTTP/1.1 only (default: what the host offers)");

    /** Above it a file comes in ranges of this size. */
    public static final Option<Long> PART_SIZE =
            Option.size("part-size", "16MiB", "above it a file comes in ranges of this size");

    /** Cap for a run, in bytes each second. */
    public static final Option<Long> BANDWIDTH = Option.rate("bandwidth", "cap for the run, for example 200MiB/s");

    /** How long to wait for an item that another runner holds. */
    public static final Option<Duration> WAIT =
            Option.duration("wait", "0s", "0s", "how long to wait for an item that another runner holds");

    /** Silence, or less than 1 KiB each second, for this long means a new connection. */
    public static final Option<Duration> STALL =
            Option.duration("stall", "1ms", "30s", "silence for this long means a new connection");

    /** An operation without any progress for this long fails. */
    public static final Option<Duration> RETRY_FOR =
            Option.duration("retry-for", "1ms", "2m", "without any progress for this long an operation fails");

    /** Tries of one operation after the first, within {@link #RETRY_FOR} where nothing moves. */
    public static final Option<Integer> RETRIES =
            Option.number("retries", 0, 10_000, 5, "tries of one operation after the first");

    /** Folders to take files from instead of the network, by checksum, beside the roots of the run. */
    public static final Option<List<Path>> ADOPT = Option.paths(
            "adopt", "DIR", "one more cache or folder to take files from instead of the network, by checksum");

    /** Hash again what is there, before it is trusted. */
    public static final Option<Boolean> VERIFY = Option.flag("verify", "hash what is there again before trusting it");

    /** Take over a place that another list's declaration published. */
    public static final Option<Boolean> REPLACE =
            Option.flag("replace", "take over a place that another list's declaration published");

    /** Reverse proxies in front of hosts, which are told the host's own name. */
    public static final Option<Map<String, String>> VIA = Option.each(
            "via",
            "HOST=URL",
            SyncOptions::host,
            SyncOptions::address,
            "send what is meant for a host to a reverse proxy in front of it");

    /** Registries, with their ports where they have one, that may be spoken to without TLS beside those on this machine. */
    public static final Option<Set<String>> PLAIN_HTTP = Option.several(
            "plain-http",
            "HOST",
            SyncOptions::host,
            "this registry may be spoken to without TLS (default: this machine only)");

    /** The name of this machine in reports. */
    public static final Option<String> RUNNER = Option.text("runner", "NAME", "name of this machine in the report");

    /** The page of this run, for those who find our lease. */
    public static final Option<String> RUN_URL =
            Option.text("run-url", "URL", "page of this run, for those who find what it holds");

    /** All options of the core. */
    public static final List<Option<?>> ALL = List.of(
            JOBS,
            CONNECTIONS,
            HTTP,
            PART_SIZE,
            BANDWIDTH,
            WAIT,
            STALL,
            RETRY_FOR,
            RETRIES,
            ADOPT,
            VERIFY,
            REPLACE,
            VIA,
            PLAIN_HTTP,
            RUNNER,
            RUN_URL);

    /** The defaults, and an environment without variables. */
    public static final SyncOptions DEFAULTS = builder().build();

    private final Map<String, String> environment;
    private final Map<Option<?>, Object> values;

    private SyncOptions(Builder builder) {
        this.environment = Map.copyOf(builder.environment);
        this.values = Map.copyOf(builder.values);
    }

    /** Begins with the defaults and an environment without variables: nothing is read from the process unasked. */
    public static Builder builder() {
        return new Builder();
    }

    /** Begins with these. */
    public Builder toBuilder() {
        Builder builder = new Builder().environment(environment);
        builder.values.putAll(values);
        return builder;
    }

    /**
     * The value of an option that has a default.
     *
     * @throws NoSuchElementException if it has none and was not given
     */
    public <T> T get(Option<T> option) {
        return find(option)
                .orElseThrow(() -> new NoSuchElementException(option + " has no default, and was not given"));
    }

    /** The value of an option, its default where it was not given; empty where it has none either. */
    @SuppressWarnings("unchecked") // a builder took it for this option
    public <T> Optional<T> find(Option<T> option) {
        return Optional.ofNullable((T) values.get(option)).or(option::byDefault);
    }

    /** The variables that platforms may read. */
    public Map<String, String> environment() {
        return environment;
    }

    @Override
    public String toString() {
        Set<String> names = new TreeSet<>();
        values.keySet().forEach(option -> names.add(option.name()));
        return "SyncOptions" + names;
    }

    /** Collects options; each value is checked as it is given. Not thread-safe. */
    public static final class Builder {
        private Map<String, String> environment = Map.of();
        private final Map<Option<?>, Object> values = new HashMap<>();

        private Builder() {}

        /** The variables that platforms may read, for example {@code System.getenv()}. */
        public Builder environment(Map<String, String> variables) {
            this.environment = Map.copyOf(variables);
            return this;
        }

        /**
         * Gives any option a value: those of platforms have no method here.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public <T> Builder set(Option<T> option, T value) {
            values.put(option, option.checked(value));
            return this;
        }

        /** {@link SyncOptions#JOBS}. */
        public Builder jobs(int jobs) {
            return set(JOBS, jobs);
        }

        /** {@link SyncOptions#CONNECTIONS}. */
        public Builder connections(int connections) {
            return set(CONNECTIONS, connections);
        }

        /** {@link SyncOptions#HTTP}. */
        public Builder http(int version) {
            return set(HTTP, version);
        }

        /** {@link SyncOptions#PART_SIZE}. */
        public Builder partSize(long bytes) {
            return set(PART_SIZE, bytes);
        }

        /** {@link SyncOptions#BANDWIDTH}. */
        public Builder bandwidth(long bytesPerSecond) {
            return set(BANDWIDTH, bytesPerSecond);
        }

        /** {@link SyncOptions#WAIT}. */
        public Builder waitFor(Duration longest) {
            return set(WAIT, longest);
        }

        /** {@link SyncOptions#STALL}. */
        public Builder stall(Duration silence) {
            return set(STALL, silence);
        }

        /** {@link SyncOptions#RETRY_FOR}. */
        public Builder retryFor(Duration withoutProgress) {
            return set(RETRY_FOR, withoutProgress);
        }

        /** {@link SyncOptions#RETRIES}. */
        public Builder retries(int retries) {
            return set(RETRIES, retries);
        }

        /** {@link SyncOptions#ADOPT}. */
        public Builder adopt(List<Path> folders) {
            return set(ADOPT, folders);
        }

        /** {@link SyncOptions#VERIFY}. */
        public Builder verify(boolean verify) {
            return set(VERIFY, verify);
        }

        /** {@link SyncOptions#REPLACE}. */
        public Builder replace(boolean replace) {
            return set(REPLACE, replace);
        }

        /** {@link SyncOptions#VIA}. */
        public Builder via(Map<String, String> addresses) {
            return set(VIA, addresses);
        }

        /** {@link SyncOptions#PLAIN_HTTP}. */
        public Builder plainHttp(Set<String> registries) {
            return set(PLAIN_HTTP, registries);
        }

        /** {@link SyncOptions#RUNNER}. */
        public Builder runner(String name) {
            return set(RUNNER, name);
        }

        /** {@link SyncOptions#RUN_URL}. */
        public Builder runUrl(String page) {
            return set(RUN_URL, page);
        }

        /** The options. */
        public SyncOptions build() {
            return new SyncOptions(this);
        }
    }

    private static String host(String text) {
        String host = text.strip().toLowerCase(Locale.ROOT);
        if (!host.matches("(?:[a-z0-9._-]+|\\[[0-9a-f:.]+])(?::\\d{1,5})?")) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no host; write HOST or HOST:PORT, without a scheme or a path");
        }
        return host;
    }

    private static String address(String text) {
        try {
            URI address = new URI(text.strip());
            boolean http =
                    "http".equalsIgnoreCase(address.getScheme()) || "https".equalsIgnoreCase(address.getScheme());
            if (http
                    && address.getHost() != null
                    && address.getRawUserInfo() == null
                    && address.getRawQuery() == null
                    && address.getRawFragment() == null) {
                return text.strip();
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "it must name an address such as https://proxy.example.com, without user," + " password and query");
    }
}
