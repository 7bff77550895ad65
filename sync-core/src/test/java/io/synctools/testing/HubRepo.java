package io.synctools.testing;

import io.synctools.internal.digest.Hasher;
import io.synctools.model.Checksum;
import io.synctools.serve.Content;
import io.synctools.serve.FileTable;
import io.synctools.serve.ServedFile;
import io.synctools.serve.Snapshot;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * One repository at one commit, as a {@link FaultHub} serves it. Immutable and thread-safe.
 *
 * @param name {@code models/<owner>/<name>} or {@code datasets/<owner>/<name>}
 * @param files by path
 */
public record HubRepo(String name, Map<String, File> files) {

    /**
     * One file.
     *
     * @param listed what the listing declares: size and checksums are those of these bytes
     * @param served what the hub sends, usually the same
     * @param lfs whether it is kept outside git and served by another origin through a signed address
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by identity only
    public record File(byte[] listed, byte[] served, boolean lfs) {

        /** SHA-256 of the declared bytes, in hexadecimal. */
        public String sha256() {
            return hash(Checksum.Algorithm.SHA256, listed);
        }

        /** What git keeps: the content, or for LFS a pointer to it. */
        byte[] inGit() {
            return lfs ? pointer() : listed;
        }

        /** The git blob id of what git keeps. */
        public String blob() {
            return hash(Checksum.Algorithm.GIT_BLOB, inGit());
        }

        /** The LFS pointer to the declared bytes. */
        byte[] pointer() {
            return ("version https://git-lfs.github.com/spec/v1\noid sha256:" + sha256() + "\nsize " + listed.length
                            + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        }

        private ServedFile told(String path) {
            Optional<Checksum> git = lfs ? Optional.empty() : Optional.of(Checksum.gitBlob(blob()));
            return new ServedFile(path, listed.length, Optional.of(Checksum.sha256(sha256())), git, blob());
        }

        private static String hash(Checksum.Algorithm algorithm, byte[] bytes) {
            Hasher hasher = new Hasher(algorithm, bytes.length);
            hasher.update(bytes, 0, bytes.length);
            return Checksum.of(algorithm, hasher.finish()).hex();
        }
    }

    public HubRepo {
        files = java.util.Collections.unmodifiableMap(new TreeMap<>(files));
    }

    /** An empty repository. */
    public static HubRepo of(String name) {
        return new HubRepo(name, Map.of());
    }

    /** The same with one more file that git keeps itself. */
    public HubRepo with(String path, byte[] content) {
        return with(path, new File(content, content, false));
    }

    /** The same with one more small file. */
    public HubRepo with(String path, String content) {
        return with(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** The same with one more file of LFS kind. */
    public HubRepo withLfs(String path, byte[] content) {
        return with(path, new File(content, content, true));
    }

    /** The same where the hub sends other bytes for a file than it lists. */
    public HubRepo serving(String path, byte[] content) {
        File file = files.get(path);
        return with(path, new File(file.listed(), content, file.lfs()));
    }

    private HubRepo with(String path, File file) {
        Map<String, File> more = new TreeMap<>(files);
        more.put(path, file);
        return new HubRepo(name, more);
    }

    /** The declared bytes of a file. */
    public byte[] content(String path) {
        return files.get(path).listed();
    }

    Optional<File> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    /** The id of this commit: another one for other declared content. */
    public String commit() {
        StringBuilder all = new StringBuilder(name);
        files.forEach((path, file) -> all.append('\n').append(path).append(' ').append(file.sha256()));
        return File.hash(Checksum.Algorithm.GIT_BLOB, all.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * As the dialects are told of it.
     *
     * @param signing makes the address of a file of LFS kind
     */
    Snapshot snapshot(UnaryOperator<String> signing) {
        String commit = commit();
        FileTable.Builder told = new FileTable.Builder();
        files.forEach((path, file) -> told.add(file.told(path)));
        FileTable table = told.build();
        return new Snapshot() {
            @Override
            public String commit() {
                return commit;
            }

            @Override
            public String filter() {
                return "";
            }

            @Override
            public Instant published() {
                return Instant.ofEpochSecond(1_767_225_600L);
            }

            @Override
            public FileTable files() {
                return table;
            }

            @Override
            public Content content(ServedFile file) {
                return Content.of(Objects.requireNonNull(files.get(file.path())).served());
            }

            @Override
            public Optional<String> elsewhere(ServedFile file) {
                return file.isOutsideGit() ? Optional.of(signing.apply(file.path())) : Optional.empty();
            }
        };
    }

    /** The paths, in order. */
    public List<String> paths() {
        return List.copyOf(files.keySet());
    }
}
