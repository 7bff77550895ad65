package io.synctools.examples.crash;

import io.synctools.file.Disk;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * What children of this process run from: our class path as jars, and the classes of a whole mirror in an archive that is
 * mapped instead of loaded. A crash suite starts hundreds of processes, and loading classes was most of what they did.
 */
final class SharedClasses {
    private static final Object LOCK = new Object();
    private static List<String> options = List.of();

    private SharedClasses() {}

    /** The options of Java that name the class path and the archive; made when first asked for. */
    static List<String> options() throws IOException, InterruptedException {
        synchronized (LOCK) {
            if (options.isEmpty()) {
                options = make();
            }
            return options;
        }
    }

    private static List<String> make() throws IOException, InterruptedException {
        Path folder = goesWithUs(Files.createTempDirectory("classes"));
        List<String> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                Path jar = goesWithUs(folder.resolve("classes" + jars.size() + ".jar"));
                pack(path, jar); // no archive takes a folder
                path = jar;
            }
            jars.add(path.toAbsolutePath().toString());
        }
        List<String> classPath = List.of("-cp", String.join(File.pathSeparator, jars));
        Path archive = goesWithUs(folder.resolve("classes.jsa"));
        HubRepository small =
                HubRepository.of(MirrorProcess.NAME, List.of(HubFile.random("a", 3 * MirrorProcess.PART, 1)));
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(small))) {
            List<String> dump = Stream.concat(classPath.stream(), Stream.of("-XX:ArchiveClassesAtExit=" + archive))
                    .toList();
            Path mirror = folder.resolve("mirror");
            try (Child first = new Child(dump, MirrorProcess.Layout.LOCAL_DIR, hub, mirror)) {
                if (first.exit() != 0) {
                    throw new IOException("a whole mirror failed: " + first.said());
                }
            }
            new Disk().deleteTree(mirror);
        }
        return Files.exists(archive) // else this Java has no archive of its own that ours could extend
                ? Stream.concat(classPath.stream(), Stream.of("-XX:SharedArchiveFile=" + archive))
                        .toList()
                : classPath;
    }

    private static Path goesWithUs(Path path) {
        path.toFile().deleteOnExit();
        return path;
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> all = Files.walk(classes)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }
}
