package io.synctools.examples;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Lays small repositories that look like real ones: same names, same kinds of files, random weights. */
final class StandIn {
    private static final int BLOCK = 1 << 20;

    private StandIn() {}

    /**
     * Lays a repository below a folder unless it is there.
     *
     * @param name {@code models/<organization>/<name>} or {@code datasets/<organization>/<name>}
     * @param mebibytes size of a model's weights
     */
    static void lay(Path root, String name, int mebibytes) throws IOException {
        Path folder = root.resolve(name);
        if (Files.exists(folder)) {
            return;
        }
        Path staged = root.resolve(".new").resolve(name);
        Files.createDirectories(staged);
        text(staged.resolve("README.md"), "# " + name + "\n\nA stand-in: right in form, random in content.\n");
        if (name.startsWith("models/")) {
            text(staged.resolve("config.json"), "{\"architectures\": [\"StandIn\"], \"name\": \"" + name + "\"}\n");
            text(staged.resolve("tokenizer.json"), "{\"version\": \"1.0\"}\n");
            text(staged.resolve("docs/说明.md"), "名字不限于 ASCII。\n");
            random(staged.resolve("model-00001-of-00002.safetensors"), mebibytes, name.hashCode());
            random(staged.resolve("model-00002-of-00002.safetensors"), 1, name.hashCode() + 1);
        } else {
            for (int part = 0; part < 20; part++) {
                text(
                        staged.resolve("data/part-%05d.csv".formatted(part)),
                        "row,value\n" + part + "," + part * part + "\n");
            }
            random(staged.resolve("data/train.parquet"), 1, name.hashCode());
        }
        Files.createDirectories(folder.getParent());
        Files.move(staged, folder);
    }

    private static void text(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void random(Path file, int blocks, long seed) throws IOException {
        Files.createDirectories(file.getParent());
        SplittableRandom random = new SplittableRandom(seed);
        byte[] block = new byte[BLOCK];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < blocks; i++) {
                random.nextBytes(block);
                out.write(block);
            }
        }
    }
}
