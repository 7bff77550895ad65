package io.synctools.huggingface;

import io.synctools.file.Proof;
import io.synctools.internal.disk.Stat;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which contents of a listing were verified before: by proofs, or by a run that was killed on the way. Others, which the
 * hub's own client may have left, are hashed once. Safe for many readers once read.
 */
final class KnownBlobs {
    /** Nothing. */
    static final KnownBlobs NONE = new KnownBlobs();

    private final Set<Checksum> verified = new HashSet<>();

    private KnownBlobs() {}

    /**
     * Reads what is known of the listing's contents, and no more: a proof may hold 270,000.
     *
     * @param proofs absent and damaged ones count nothing
     */
    static KnownBlobs of(Listing listing, List<Path> proofs, Path journal) throws IOException {
        boolean any = Stat.exists(journal);
        for (Path proof : proofs) {
            any |= Stat.exists(proof);
        }
        if (!any) {
            return NONE;
        }
        Map<Checksum, Checksum> wanted = new HashMap<>();
        for (Entry entry : listing.entries()) {
            entry.checksum().ifPresent(checksum -> wanted.put(checksum, checksum));
        }
        KnownBlobs known = new KnownBlobs();
        for (Path proof : proofs) {
            known.addProof(proof, wanted);
        }
        known.addJournal(journal, wanted);
        return known;
    }

    boolean contains(Checksum checksum) {
        return verified.contains(checksum);
    }

    private void addProof(Path file, Map<Checksum, Checksum> wanted) throws IOException {
        Set<Checksum> proven = new HashSet<>();
        boolean isWhole = Proof.read(file, (path, size, checksum) -> add(checksum, wanted, proven))
                .isPresent();
        if (isWhole) {
            verified.addAll(proven);
        }
    }

    private void addJournal(Path file, Map<Checksum, Checksum> wanted) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                addLine(line, wanted);
            }
        } catch (NoSuchFileException e) {
            return;
        }
    }

    private void addLine(String line, Map<Checksum, Checksum> wanted) {
        try {
            add(Checksum.parse(line), wanted, verified);
        } catch (IllegalArgumentException e) {
            // The last line of a killed run may be cut.
            return;
        }
    }

    private static void add(Checksum checksum, Map<Checksum, Checksum> wanted, Set<Checksum> into) {
        Checksum listed = wanted.get(checksum);
        if (listed != null) {
            into.add(listed);
        }
    }
}
