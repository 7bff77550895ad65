package io.synctools.internal.serve;

import io.synctools.file.Proof;
import io.synctools.internal.digest.Hasher;
import io.synctools.mirror.LocalRepository;
import io.synctools.model.Checksum;
import io.synctools.serve.Content;
import io.synctools.serve.Dialect;
import io.synctools.serve.FileTable;
import io.synctools.serve.ServedFile;
import io.synctools.serve.Snapshot;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What one proof says was published. Its files are sent while that proof stands, and never while another one is about to
 * replace them: what is opened to be sent is opened before that is looked at.
 *
 * @param place where it is
 * @param folder in which its files stand at their paths
 * @param proof the head of the proof
 * @param key tells that proof from the one that comes next
 */
record PublishedSnapshot(Place place, Path folder, Proof proof, ProofKey key) implements Snapshot {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern FINGERPRINT = Pattern.compile("sha256:([0-9a-f]{40})[0-9a-f]{24}");

    /**
     * Where a repository is.
     *
     * @param root what is sent lies below it, wherever links lead; without links itself
     * @param gate of its disk
     * @param repository the repository
     * @param dialect of the hub that it is from
     * @param tables remember files
     * @param smallFiles remember their bytes
     */
    record Place(
            Path root,
            DiskGate gate,
            LocalRepository repository,
            Dialect dialect,
            Tables tables,
            SmallFiles smallFiles) {}

    /** The same as far as it is in memory: what takes a disk to know throws {@link ForgottenException}. */
    Snapshot recalled() {
        return new Recalled(this);
    }

    private record Recalled(PublishedSnapshot whole) implements Snapshot {
        @Override
        public String commit() {
            return whole.commit();
        }

        @Override
        public String filter() {
            return whole.filter();
        }

        @Override
        public Instant published() {
            return whole.published();
        }

        @Override
        public FileTable files() {
            return whole.place.tables().known(whole.key).orElseThrow(ForgottenException::new);
        }

        @Override
        public Content content(ServedFile file) {
            return whole.place.smallFiles().of(file.identity()).map(Content::of).orElseThrow(ForgottenException::new);
        }
    }

    @Override
    public String commit() {
        return commit(proof.pin());
    }

    /** What readers are told as the commit that a proof pins. */
    static String commit(String pin) {
        if (COMMIT.matcher(pin).matches()) {
            return pin;
        }
        var fingerprint = FINGERPRINT.matcher(pin);
        return fingerprint.matches() ? fingerprint.group(1) : hash(pin);
    }

    private static String hash(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Hasher hasher = new Hasher(Checksum.Algorithm.GIT_BLOB, bytes.length);
        hasher.update(bytes, 0, bytes.length);
        return HexFormat.of().formatHex(hasher.finish());
    }

    @Override
    public String filter() {
        return proof.filter();
    }

    @Override
    public Instant published() {
        return proof.published();
    }

    @Override
    public FileTable files() throws IOException {
        return place.tables().of(key, place.gate(), this::read);
    }

    private FileTable read(Runnable moves) throws IOException {
        Map<String, String> facts = new HashMap<>();
        place.dialect().facts(folder, facts::put);
        FileTable.Builder table = new FileTable.Builder();
        Optional<Proof> whole = Proof.read(key.file(), (path, size, checksum) -> {
            table.add(file(path, size, checksum, facts.getOrDefault(path, "")));
            moves.run();
        });
        requireSettled();
        if (whole.isEmpty()) {
            throw new UnprovenException(key.file() + " is damaged; run the flow again, then it is written anew");
        }
        return table.build();
    }

    private static ServedFile file(String path, long size, Checksum checksum, String fact) {
        boolean isGit = checksum.algorithm() == Checksum.Algorithm.GIT_BLOB;
        Optional<Checksum> it = Optional.of(checksum);
        return new ServedFile(path, size, isGit ? Optional.empty() : it, isGit ? it : Optional.empty(), fact);
    }

    @Override
    public Content content(ServedFile file) throws IOException {
        if (file.size() > SmallFiles.LARGEST) {
            return Content.of(file.size(), () -> place.gate().pass(moves -> open(file)));
        }
        Optional<byte[]> known = place.smallFiles().of(file.identity());
        if (known.isEmpty()) {
            known = Optional.of(place.gate().pass(moves -> {
                try (FileChannel channel = open(file)) {
                    return proven(file, Body.bytes(null, channel, 0, (int) file.size()));
                }
            }));
            place.smallFiles().keep(file.identity(), known.get());
        }
        return Content.of(known.get());
    }

    /** What is kept in memory stands for that content in every repository, and longer than what is on disk. */
    private byte[] proven(ServedFile file, byte[] bytes) throws IOException {
        Checksum checksum = file.gitBlob().or(file::sha256).orElseThrow();
        Hasher hasher = new Hasher(checksum.algorithm(), bytes.length);
        hasher.update(bytes, 0, bytes.length);
        if (!checksum.matches(hasher.finish())) {
            throw new UnprovenException(folder.resolve(file.path())
                    + " has not the content that was published; verify it and mirror it again");
        }
        return bytes;
    }

    private FileChannel open(ServedFile file) throws IOException {
        FileChannel channel;
        try {
            Path real = folder.resolve(file.path()).toRealPath();
            if (!real.startsWith(place.root())) {
                throw new UnprovenException(folder.resolve(file.path()) + " leads out of " + place.root());
            }
            channel = FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (FileSystemException e) {
            requireSettled();
            throw new UnprovenException(e + ": it was published and cannot be read; run the flow again");
        }
        boolean good = false;
        try {
            requireSettled();
            if (channel.size() != file.size()) {
                throw new UnprovenException(folder.resolve(file.path()) + " has " + channel.size() + " bytes, and "
                        + file.size() + " were published; run the flow again");
            }
            good = true;
            return channel;
        } finally {
            if (!good) {
                channel.close();
            }
        }
    }

    /**
     * In this order: a publication is decided, renames files, and its decision becomes the proof. So where none is decided
     * and the proof then is still the same, none had begun.
     */
    private void requireSettled() throws IOException {
        if (place.repository().isPublishing()
                || !ProofKey.of(key.file()).filter(key::equals).isPresent()) {
            throw new MovedException(folder.toString());
        }
    }
}
