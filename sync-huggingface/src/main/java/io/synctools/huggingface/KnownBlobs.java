package io.synctools.huggingface;

import io.synctools.file.Proof;
import io.synctools.model.Checksum;
import io.synctools.model.NameFilter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which blobs were verified before: by a proof of this commit, by the proof of the commit that the ref names so far, or
 * by a run that was killed on the way. Others, which the hub's own client may have left, are hashed once. Immutable.
 */
final class KnownBlobs {
    private final Set<Checksum> verified = new HashSet<>();

    private KnownBlobs() {}

    static KnownBlobs read(CacheRepo repo, String commit, String revision, NameFilter filter) throws IOException {
        KnownBlobs known = new KnownBlobs();
        known.addProof(repo.proof(commit, filter));
        Optional<String> before = repo.commitOf(revision).filter(ref -> !ref.equals(commit));
        if (before.isPresent()) {
            known.addProof(repo.proof(before.get(), filter));
        }
        known.addJournal(repo.journal());
        return known;
    }

    boolean contains(Checksum checksum) {
        return verified.contains(checksum);
    }

    private void addProof(Path file) throws IOException {
        Set<Checksum> proven = new HashSet<>();
        if (Proof.read(file, (path, size, checksum) -> proven.add(checksum)).isPresent()) {
            verified.addAll(proven);
        }
    }

    private void addJournal(Path file) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                addLine(line);
            }
        } catch (NoSuchFileException e) {
            return;
        }
    }

    private void addLine(String line) {
        try {
            verified.add(Checksum.parse(line));
        } catch (IllegalArgumentException e) {
            // The last line of a killed run may be cut.
            return;
        }
    }
}
