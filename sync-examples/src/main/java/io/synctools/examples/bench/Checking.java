package io.synctools.examples.bench;

import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Compares what a contender brought with what the hub has. */
final class Checking {
    private Checking() {}

    /** Every file at its path below a folder. */
    static void folder(HubRepository repository, Path folder) throws IOException {
        for (HubFile file : repository.files()) {
            file(file, folder.resolve(file.path()));
        }
    }

    /** Every file of every repository, in the snapshots of a Hugging Face cache. */
    static void huggingFaceCache(List<HubRepository> repositories, Path cache) throws IOException {
        for (HubRepository repository : repositories) {
            folder(
                    repository,
                    cache.resolve(repository.name().replace("/", "--"))
                            .resolve("snapshots")
                            .resolve(repository.commit()));
        }
    }

    /** One file. */
    static void file(HubFile file, Path path) throws IOException {
        if (!sha256(path).equals(file.sha256())) {
            throw new IOException(path + " is not what the hub has");
        }
    }

    private static String sha256(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[1 << 18];
            for (int length = in.read(block); length >= 0; length = in.read(block)) {
                digest.update(block, 0, length);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
