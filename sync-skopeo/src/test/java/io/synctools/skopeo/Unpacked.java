package io.synctools.skopeo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the system's tar makes of the layers of an image, one over the other. */
final class Unpacked {
    private Unpacked() {}

    /** All files by their paths. */
    static Map<String, byte[]> of(List<byte[]> archives) throws IOException {
        Path folder = Files.createTempDirectory("unpacked");
        try {
            for (byte[] archive : archives) {
                tar(archive, "-x", "-C", folder.toString());
            }
            Map<String, byte[]> files = new TreeMap<>();
            try (Stream<Path> found = Files.walk(folder)) {
                for (Path file : found.filter(Files::isRegularFile).toList()) {
                    files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            return files;
        } finally {
            try (Stream<Path> found = Files.walk(folder)) {
                for (Path file : found.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** What tar prints of an archive. */
    static String tar(byte[] archive, String... arguments) throws IOException {
        String[] command =
                Stream.concat(Stream.of("tar", "-f", "-"), Stream.of(arguments)).toArray(String[]::new);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("TZ", "UTC");
        Process tar = builder.start();
        try (OutputStream in = tar.getOutputStream()) {
            in.write(archive);
        }
        String printed = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (tar.waitFor() != 0) {
                throw new IOException(printed);
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return printed;
    }
}
