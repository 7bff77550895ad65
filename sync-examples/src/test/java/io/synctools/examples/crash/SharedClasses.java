package io.synctools.examples.crash;

import io.synctools.examples.hub.Hub;
import io.synctools.examples.hub.HubFile;
import io.synctools.examples.hub.HubRepository;
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
        Path folder = Files.createDirectories(Path.of("target", "crash-classes"));
        folder = Files.createTempDirectory(folder, "of").toAbsolutePath();
        List<String> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                path = pack(path, folder.resolve("classes" + jars.size() + ".jar")); // no archive takes a folder
            }
            jars.add(path.toAbsolutePath().toString());
        }
        List<String> classPath = List.of("-cp", String.join(File.pathSeparator, jars));
        Path archive = folder.resolve("classes.jsa");
        HubRepository small = HubRepository.of(Mirror.NAME, List.of(HubFile.random("a", 3 * Mirror.PART, 1)));
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(small))) {
            List<String> dump = Stream.concat(classPath.stream(), Stream.of("-XX:ArchiveClassesAtExit=" + archive))
                    .toList();
            try (Child first = new Child(dump, Mirror.Layout.LOCAL_DIR, hub, folder.resolve("mirror"))) {
                if (first.exit() != 0 || !Files.exists(archive)) {
                    throw new IOException("no classes were archived: " + first.said());
                }
            }
        }
        return Stream.concat(classPath.stream(), Stream.of("-XX:SharedArchiveFile=" + archive))
                .toList();
    }

    private static Path pack(Path classes, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> all = Files.walk(classes)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
        return jar;
    }
}
