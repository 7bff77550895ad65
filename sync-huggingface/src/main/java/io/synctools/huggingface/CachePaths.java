package io.synctools.huggingface;

import io.synctools.internal.disk.NfsLitter;
import io.synctools.internal.disk.Stat;
import io.synctools.model.Entry;
import io.synctools.model.NameFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The paths of one repository in the cache (docs/protocols/huggingface.md section 6).
 *
 * @param folder {@code models--organization--name}
 */
record CachePaths(Path folder) {
    private static final int REF_LIMIT = 64;

    Path blobs() {
        return folder.resolve("blobs");
    }

    /** The blob's name is what its content hashes to. */
    Path blob(Entry entry) {
        return blobs().resolve(entry.checksum().orElseThrow().hex());
    }

    Path snapshots() {
        return folder.resolve("snapshots");
    }

    Path snapshot(String commit) {
        return snapshots().resolve(commit);
    }

    Path refs() {
        return folder.resolve("refs");
    }

    Path tree(String commit) {
        return folder.resolve("trees").resolve(commit + ".json");
    }

    /** Where the hub's clients note which files a commit does not have. */
    Path absent(String commit) {
        return folder.resolve(".no_exist").resolve(commit);
    }

    /** Ours; scans of the cache ignore dot folders inside a repository's folder. */
    Path state() {
        return folder.resolve(".sync-tools");
    }

    Path parts() {
        return state().resolve("parts");
    }

    /** For what is renamed elsewhere once it is whole; what a killed run leaves there is rubbish. */
    Path temporary() {
        return state().resolve("tmp");
    }

    Path lease() {
        return state().resolve("lease");
    }

    /** Content that was verified and is not yet covered by a proof. */
    Path journal() {
        return state().resolve("verified");
    }

    Path proofs() {
        return state().resolve("proofs");
    }

    /** One for each commit and filter, so that items that declare different parts of a commit do not undo each other. */
    Path proof(String commit, NameFilter filter) {
        String suffix = "";
        if (!filter.text().isEmpty()) {
            CRC32C crc = new CRC32C();
            crc.update(filter.text().getBytes(StandardCharsets.UTF_8));
            suffix = String.format("-%08x", crc.getValue());
        }
        return proofs().resolve(commit + suffix + ".json");
    }

    /**
     * The names of each commit that a ref names.
     *
     * @throws IOException also if a ref is just being written, so that nobody takes its commit for one without a name
     */
    Map<String, Set<String>> refsByCommit() throws IOException {
        Map<String, Set<String>> names = new TreeMap<>();
        if (!Stat.isFolder(refs(), LinkOption.NOFOLLOW_LINKS)) {
            return names;
        }
        try (Stream<Path> all = Files.walk(refs())) {
            for (Path ref : (Iterable<Path>) all::iterator) {
                if (!NfsLitter.is(ref) && Stat.isFile(ref, LinkOption.NOFOLLOW_LINKS)) {
                    String name = refs().relativize(ref).toString();
                    String commit = commitOf(name)
                            .orElseThrow(() -> new IOException(
                                    ref + " does not hold a commit; if no client is writing it just now, delete it"));
                    names.computeIfAbsent(commit, any -> new TreeSet<>()).add(name);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return names;
    }

    /** What a ref says; empty where it is absent or does not hold a commit. */
    Optional<String> commitOf(String revision) throws IOException {
        Path ref = refs().resolve(revision);
        try {
            if (Files.size(ref) <= REF_LIMIT) {
                return Optional.of(Files.readString(ref, StandardCharsets.ISO_8859_1))
                        .filter(RepoId::isCommit);
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (Stat.isFile(ref)) {
                throw e;
            }
        }
        return Optional.empty();
    }
}
