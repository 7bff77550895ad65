package io.synctools.examples.bench;

import io.synctools.examples.hub.HubFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SplittableRandom;

/**
 * Where the benchmark works.
 *
 * @param launcher our {@code sync}
 * @param folder ours to fill and empty
 */
record Place(Path launcher, Path folder) {

    /** A file of random bytes, made once and kept for later runs. */
    HubFile largeFile(String name, long size) throws IOException {
        Path file = Files.createDirectories(folder.resolve("content")).resolve(name + "-" + size);
        if (!Files.exists(file) || Files.size(file) != size) {
            SplittableRandom random = new SplittableRandom(name.hashCode());
            byte[] block = new byte[1 << 20];
            try (OutputStream out = Files.newOutputStream(file)) {
                for (long left = size; left > 0; left -= block.length) {
                    random.nextBytes(block);
                    out.write(block, 0, (int) Math.min(left, block.length));
                }
            }
        }
        return HubFile.of(name, file);
    }

    /** An empty folder for one run. */
    Path emptyRun() throws IOException {
        Path run = folder.resolve("run");
        delete(run);
        return Files.createDirectories(run);
    }

    /** A small file beside the content, for lists and scripts. */
    Path note(String name, String text) throws IOException {
        return Files.writeString(
                Files.createDirectories(folder.resolve("lists")).resolve(name), text);
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes facts) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path visited, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
