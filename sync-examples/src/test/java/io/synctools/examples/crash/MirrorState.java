package io.synctools.examples.crash;

import io.synctools.file.Proof;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Where a mirror of one layout stands, and what its proof says.
 *
 * @param revisions all that the hub ever has
 */
record MirrorState(MirrorProcess.Layout layout, Path root, List<HubRepository> revisions) {

    /** The repository's folder; in a Hugging Face cache that with all its revisions. */
    Path folder() {
        return switch (layout) {
            case MODELSCOPE -> root.resolve(MirrorProcess.NAME.replace(".", "___"));
            case LOCAL_DIR -> root.resolve(MirrorProcess.NAME);
            case HUGGINGFACE -> root.resolve(MirrorProcess.NAME.replace("/", "--"));
        };
    }

    /** The name by which readers find it. */
    Path name() {
        return layout == MirrorProcess.Layout.MODELSCOPE ? root.resolve(MirrorProcess.NAME) : folder();
    }

    private Path state() {
        return switch (layout) {
            case MODELSCOPE -> root.resolve("models/.sync-tools/bench").resolve(folder().getFileName());
            case LOCAL_DIR -> folder().resolve(".cache/sync-tools");
            case HUGGINGFACE -> folder().resolve(".sync-tools");
        };
    }

    /**
     * What is published by proof at a moment at which nobody publishes.
     *
     * @param revision empty where nothing is
     * @param stamp tells it from what is published later
     */
    record Settled(Optional<HubRepository> revision, Object stamp) {}

    /** Empty while somebody publishes, or where a dead run was about to. */
    Optional<Settled> settled() throws IOException {
        if (isDecided() || isDecided()) { // a workspace that is renamed may be missed once
            return Optional.empty();
        }
        Path proof = state().resolve("proof.json");
        if (layout == MirrorProcess.Layout.HUGGINGFACE) {
            Optional<String> commit = ref();
            if (commit.isEmpty()) {
                return Optional.of(new Settled(Optional.empty(), ""));
            }
            proof = state().resolve("proofs").resolve(commit.get() + ".json");
        }
        try {
            Object stamp = Files.readAttributes(proof, "unix:ino,ctime");
            return Optional.of(new Settled(Optional.of(proven(proof)), stamp));
        } catch (NoSuchFileException | NotDirectoryException e) {
            if (layout == MirrorProcess.Layout.HUGGINGFACE) {
                throw new IllegalStateException("refs/main names a commit without a proof", e);
            }
            return Optional.of(new Settled(Optional.empty(), ""));
        }
    }

    private boolean isDecided() throws IOException {
        if (layout == MirrorProcess.Layout.HUGGINGFACE) {
            return false; // one rename, of the ref, publishes
        }
        try (DirectoryStream<Path> works = Files.newDirectoryStream(state(), "work.*")) {
            for (Path work : works) {
                if (Files.exists(work.resolve("publish.json"))) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return false;
        }
    }

    /** The revision whose files a proof names, all of them and no other. */
    private HubRepository proven(Path proof) throws IOException {
        Map<String, String> files = new HashMap<>();
        if (Proof.read(proof, (path, size, checksum) -> files.put(path, checksum.hex()))
                .isEmpty()) {
            throw new IllegalStateException(Files.exists(proof) ? proof + " is damaged" : proof + " is gone");
        }
        return revisions.stream()
                .filter(one -> one.files().size() == files.size()
                        && one.files().stream().allMatch(file -> {
                            String hash = files.get(file.path());
                            return file.sha256().equals(hash) || file.gitBlob().equals(hash);
                        }))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(proof + " proves a mixture"));
    }

    /** What the ref of a Hugging Face cache says. */
    Optional<String> ref() throws IOException {
        try {
            return Optional.of(Files.readString(folder().resolve("refs/main"), StandardCharsets.UTF_8));
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
    }

    /** Where readers see the files of a revision that is published. */
    Path filesOf(HubRepository revision) {
        return layout == MirrorProcess.Layout.HUGGINGFACE
                ? folder().resolve("snapshots").resolve(revision.commit())
                : name();
    }

    /** Every name below the root, but what stays of revisions that were published, or fetched, before. */
    Set<String> names(HubRepository newest) throws IOException {
        Set<String> former = new TreeSet<>();
        for (HubRepository revision : revisions) {
            if (revision != newest) {
                former.add(revision.commit());
                revision.files().stream()
                        .filter(file -> newest.files().stream()
                                .noneMatch(now -> now.sha256().equals(file.sha256())))
                        .map(MirrorState::blob)
                        .forEach(former::add);
            }
        }
        Predicate<String> isFormer = text -> former.stream().anyMatch(text::contains);
        Set<String> names = new TreeSet<>();
        try (Stream<Path> all = Files.walk(root)) {
            all.map(path -> root.relativize(path).toString())
                    .filter(isFormer.negate())
                    .forEach(names::add);
        }
        Path verified = state().resolve("verified"); // of a Hugging Face cache: blobs that no proof covers yet
        if (Files.exists(verified) && Files.readAllLines(verified).stream().allMatch(isFormer)) {
            names.remove(root.relativize(verified).toString());
        }
        Path parts = state().resolve("parts"); // of the same: what was begun of former revisions
        String[] there = parts.toFile().list();
        if (there != null && there.length > 0 && Stream.of(there).allMatch(isFormer)) {
            names.remove(root.relativize(parts).toString());
        }
        return names;
    }

    /** The name of a file's blob in a Hugging Face cache. */
    static String blob(HubFile file) {
        return file.lfs() ? file.sha256() : file.gitBlob();
    }
}
