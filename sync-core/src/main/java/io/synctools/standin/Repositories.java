package io.synctools.standin;

import io.synctools.model.Checksum;
import io.synctools.serve.Content;
import io.synctools.serve.FileTable;
import io.synctools.serve.ServedFile;
import io.synctools.serve.Shelf;
import io.synctools.serve.Snapshot;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a hub has: of each repository its newest commit, which a branch means, and all those before it. Thread-safe. */
final class Repositories implements Shelf {
    private static final Instant PUBLISHED = Instant.ofEpochSecond(1_767_225_600L);

    private final Map<String, Commit> newest = new ConcurrentHashMap<>();
    private final Map<String, Map<String, Commit>> commits = new ConcurrentHashMap<>();
    private final Function<HubFile, String> facts;
    private final Supplier<URI> storage;

    /** @param storage the second origin */
    Repositories(Function<HubFile, String> facts, Supplier<URI> storage) {
        this.facts = facts;
        this.storage = storage;
    }

    /** Adds a repository, or moves its branch on. */
    void put(HubRepository repository) {
        Commit commit = new Commit(repository, table(repository));
        commits.computeIfAbsent(repository.name(), any -> new ConcurrentHashMap<>())
                .put(repository.commit(), commit);
        newest.put(repository.name(), commit);
    }

    private FileTable table(HubRepository repository) {
        FileTable.Builder table = new FileTable.Builder();
        for (HubFile file : repository.files()) {
            table.add(new ServedFile(
                    file.path(),
                    file.size(),
                    Optional.of(file.checksum()),
                    file.lfs() ? Optional.empty() : Optional.of(Checksum.gitBlob(file.gitBlob())),
                    facts.apply(file)));
        }
        return table.build();
    }

    /** Each hub calls what it means without a word by its own name. */
    @Override
    public Optional<Repository> find(String scheme, String name) {
        Commit now = newest.get(name);
        if (now == null) {
            return Optional.empty();
        }
        List<Snapshot> others =
                new ArrayList<>(commits.getOrDefault(name, Map.of()).values());
        others.remove(now);
        String branch = scheme.equals("modelscope") ? "master" : "main";
        return Optional.of(new Repository(name, Map.of(branch, now), others));
    }

    @Override
    public List<String> names(String scheme) {
        return List.copyOf(newest.keySet());
    }

    /** The content of a file, of whichever commit. */
    Optional<HubFile> content(String name, String sha256) {
        return commits.getOrDefault(name, Map.of()).values().stream()
                .flatMap(any -> Optional.ofNullable(any.repository().bySha256().get(sha256)).stream())
                .findFirst();
    }

    /** One commit. */
    private final class Commit implements Snapshot {
        private final HubRepository repository;
        private final FileTable files;

        Commit(HubRepository repository, FileTable files) {
            this.repository = repository;
            this.files = files;
        }

        HubRepository repository() {
            return repository;
        }

        @Override
        public String commit() {
            return repository.commit();
        }

        @Override
        public String filter() {
            return "";
        }

        @Override
        public Instant published() {
            return PUBLISHED;
        }

        @Override
        public FileTable files() {
            return files;
        }

        @Override
        public Content content(ServedFile file) {
            return repository.file(file.path()).orElseThrow().content();
        }

        @Override
        public Optional<String> elsewhere(ServedFile file) {
            return file.sha256()
                    .filter(any -> file.isOutsideGit())
                    .map(hash -> storage.get() + Storage.pathOf(repository, hash.hex()));
        }
    }
}
