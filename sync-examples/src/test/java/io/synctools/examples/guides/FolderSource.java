package io.synctools.examples.guides;

import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.FileSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A platform for a shared disk: each folder below a root is a repository. */
final class FolderSource implements FileSource {
    private final Path root;

    FolderSource(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** A folder has no commits: a hash over what it holds names the moment. */
    @Override
    public ArtifactRef pin(ArtifactRef ref) throws IOException {
        return ref.pinned("now", fingerprint(entries(ref)));
    }

    @Override
    public Listing list(ArtifactRef pinned, NameFilter filter) throws IOException {
        List<Entry> entries = entries(pinned);
        if (!fingerprint(entries).equals(pinned.pin())) {
            throw new IOException(pinned.name() + " changed while it was looked at");
        }
        return Listing.divide(entries, filter, Map.of());
    }

    @Override
    public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) throws IOException {
        if (range.length() == 0) {
            return InputStream.nullInputStream();
        }
        Path file = folder(pinned).resolve(entry.path());
        if (!Files.isRegularFile(file)) {
            throw new SyncException(FailureKind.NOT_FOUND, file + " is not there");
        }
        InputStream in = Files.newInputStream(file);
        in.skipNBytes(range.offset());
        return new ExactStream(in, range.length());
    }

    private Path folder(ArtifactRef ref) {
        Path folder = root.resolve(ref.name()).normalize();
        if (!folder.startsWith(root) || !Files.isDirectory(folder)) {
            throw new SyncException(FailureKind.NOT_FOUND, "there is no folder " + ref.name() + " below " + root);
        }
        return folder;
    }

    private List<Entry> entries(ArtifactRef ref) throws IOException {
        Path folder = folder(ref);
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Checksum checksum = Checksum.of(Checksum.Algorithm.SHA256, sha256(file));
                entries.add(Entry.file(folder.relativize(file).toString(), Files.size(file), checksum));
            }
        }
        return entries;
    }

    private static String fingerprint(List<Entry> entries) {
        MessageDigest digest = sha256();
        for (Entry entry : entries) {
            digest.update(
                    (entry.path() + "\0" + entry.checksum().orElseThrow() + "\0").getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static byte[] sha256(Path file) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] block = new byte[1 << 16];
            for (int read = in.read(block); read >= 0; read = in.read(block)) {
                digest.update(block, 0, read);
            }
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
