package io.synctools.examples.hub;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** What a hub has: of each repository its newest commit, which a branch means, and all those before it. Thread-safe. */
final class Repositories {
    private final Map<String, HubRepository> newest = new ConcurrentHashMap<>();
    private final Map<String, Map<String, HubRepository>> commits = new ConcurrentHashMap<>();

    /** Adds a repository, or moves its branch on. */
    void put(HubRepository repository) {
        commits.computeIfAbsent(repository.name(), any -> new ConcurrentHashMap<>())
                .put(repository.commit(), repository);
        newest.put(repository.name(), repository);
    }

    /** A repository as it is now. */
    Optional<HubRepository> find(String name) {
        return Optional.ofNullable(newest.get(name));
    }

    /** One that is as wanted, as it is now. */
    Optional<HubRepository> find(Predicate<HubRepository> wanted) {
        return newest.values().stream().filter(wanted).findFirst();
    }

    /** A repository as it was at a commit. */
    Optional<HubRepository> at(String name, String commit) {
        return Optional.ofNullable(commits.getOrDefault(name, Map.of()).get(commit));
    }

    /** The content of a file, of whichever commit. */
    Optional<HubFile> content(String name, String sha256) {
        HubRepository now = newest.get(name);
        HubFile file = now == null ? null : now.bySha256().get(sha256);
        return file != null
                ? Optional.of(file)
                : commits.getOrDefault(name, Map.of()).values().stream()
                        .flatMap(any -> Optional.ofNullable(any.bySha256().get(sha256)).stream())
                        .findFirst();
    }
}
