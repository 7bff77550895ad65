package io.synctools.examples.bench;

import io.synctools.standin.HubFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Where the benchmark works.
 *
 * @param launcher our {@code sync}
 * @param folder ours to fill and empty
 * @param javaScript Hugging Face's JavaScript client; empty where it can't be had
 * @param python the official Python clients that there are
 */
record BenchSetup(Path launcher, Path folder, Optional<JavaScriptClient> javaScript, PythonClients python) {
    private static final long LARGE = 64L << 20;

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

    /** Small files of random bytes in 40 folders, each with other content. */
    List<HubFile> smallFiles(int count, int size) throws IOException {
        List<HubFile> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            files.add(HubFile.random(String.format(Locale.ROOT, "data/%02d/%05d.json", i % 40, i), size, i));
        }
        return files;
    }

    /** Work done a second time, and in later rounds again: nothing is left to do. */
    Contender.Work again(Contender.Work work) {
        return new Repeated(this, work);
    }

    /** An empty folder for one run; no other run had it. */
    Path emptyRun() throws IOException {
        return Files.createTempDirectory(Files.createDirectories(runs()), "run");
    }

    /**
     * Takes a run's files away if they are large. Thousands of small ones stay to the end: inodes that were freed in the last
     * minutes make ext4 slow where it looks for new ones, and the next run would pay for it, or the next case.
     */
    void leave(Path run) throws IOException {
        List<Long> sizes;
        try (Stream<Path> files = Files.walk(run)) {
            sizes = files.filter(Files::isRegularFile)
                    .map(file -> file.toFile().length())
                    .toList();
        }
        if (sizes.stream().anyMatch(size -> size >= LARGE)) {
            delete(run);
            touchMemory(sizes.stream().mapToLong(size -> size).sum());
        }
    }

    /**
     * Takes as much memory as large files need in the page cache, and gives it back: a virtual machine's host may have
     * taken away what nobody used, and whoever runs next would pay half a second for each GiB.
     */
    private void touchMemory(long bytes) throws IOException {
        Path file = folder.resolve("touched");
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (long left = bytes; left > 0; left -= zeros.capacity()) {
                channel.write(zeros.clear());
            }
        }
        Files.delete(file);
    }

    /** Takes all runs' files away. */
    void clear() throws IOException {
        delete(runs());
    }

    private Path runs() {
        return folder.resolve("runs");
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

    /** Our command that mirrors the model {@code bench/repo} to an address; the environment names the hub. */
    List<String> mirrorTo(String address) throws IOException {
        return List.of(
                launcher.toString(),
                "vllm-guiyang003",
                "--models",
                note("models.ini", "bench/repo\n").toString(),
                "--datasets",
                note("datasets.ini", "").toString(),
                "--to",
                address);
    }
}
