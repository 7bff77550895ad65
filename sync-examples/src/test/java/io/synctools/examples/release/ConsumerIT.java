package io.synctools.examples.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program of somebody else: it imports the BOM, names a platform without a version, is built by Maven from a repository
 * that holds what a release would put there, with every warning an error, and runs on the module path and on the class path.
 */
class ConsumerIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** Core, one platform and what they bring: 6.5 MiB. */
    private static final long MOST_BYTES = 13L << 19;

    @TempDir
    Path folder;

    @Test
    void theLibraryServesAProgramOfSomebodyElse() throws Exception {
        Path program = layOut();
        String built = run(program, mavenCommand(program));
        assertFalse(built.contains("WARN"), built);

        List<Path> jars;
        try (Stream<Path> files = Files.list(program.resolve("target/dependency"))) {
            jars = files.toList();
        }
        assertTrue(
                jars.stream().anyMatch(jar -> jar.getFileName().toString().startsWith("sync-core-")), jars::toString);
        assertEquals(List.of(), namedByTheirFiles(jars), "required modules that have no other name than their files");
        long bytes = 0;
        for (Path jar : jars) {
            bytes += Files.size(jar);
        }
        assertTrue(bytes <= MOST_BYTES, bytes + " bytes: " + jars);

        String path = program.resolve("target/classes")
                + File.pathSeparator
                + jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        String expected = "consumer: 1 item\n  modelscope:models/a/b -> modelscope-cache:models/a/b\n";
        for (Path home : homes()) {
            String java = home.resolve("bin/java").toString();
            assertEquals(expected, run(program, List.of(java, "-p", path, "-m", "consumer/consumer.Main")));
            assertEquals(expected, run(program, List.of(java, "-cp", path, "consumer.Main")));
        }
        assertEquals(
                List.of(),
                lacking(program, path),
                "what core needs and neither the JDK has nor a consumer gets from us");
    }

    /** What some module requires and whose name is neither in a descriptor nor in a manifest. */
    private static List<Path> namedByTheirFiles(List<Path> jars) throws IOException {
        ModuleFinder modules = ModuleFinder.of(jars.toArray(Path[]::new));
        Set<String> required = modules.findAll().stream()
                .flatMap(module -> module.descriptor().requires().stream())
                .map(ModuleDescriptor.Requires::name)
                .collect(Collectors.toSet());
        List<Path> found = new ArrayList<>();
        for (Path jar : jars) {
            ModuleDescriptor says =
                    ModuleFinder.of(jar).findAll().iterator().next().descriptor();
            try (JarFile file = new JarFile(jar.toFile())) {
                if (required.contains(says.name())
                        && says.isAutomatic()
                        && file.getManifest().getMainAttributes().getValue("Automatic-Module-Name") == null) {
                    found.add(jar);
                }
            }
        }
        return found;
    }

    /** What jdeps does not find, but for what is optional. */
    private List<String> lacking(Path program, String path) throws Exception {
        String jdeps = Path.of(System.getProperty("java.home"), "bin", "jdeps").toString();
        String said = run(
                program,
                List.of(
                        jdeps,
                        "--multi-release",
                        "base",
                        "--module-path",
                        path,
                        "--missing-deps",
                        "-m",
                        "io.synctools.core"));
        assertTrue(said.contains(" -> io.netty."), said);
        return said.lines()
                .filter(line -> line.contains(" -> "))
                .map(line -> line.substring(line.indexOf("->") + 2).strip())
                .filter(line -> !line.startsWith("io.netty.") && !line.startsWith("io.micrometer."))
                .filter(line -> !line.equals("not found")) // the module's own line, above those of its classes
                .toList();
    }

    /** The JDK that runs this, and the newest with long support that lies beside it. */
    private static List<Path> homes() throws IOException {
        Path own = Path.of(System.getProperty("java.home")).toRealPath();
        TreeMap<Integer, Path> beside = new TreeMap<>();
        try (Stream<Path> folders = Files.list(own.getParent())) {
            for (Path home : folders.filter(each -> Files.isExecutable(each.resolve("bin/java")))
                    .toList()) {
                Path release = home.resolve("release");
                if (Files.exists(release)) {
                    Properties says = new Properties();
                    try (var in = Files.newInputStream(release)) {
                        says.load(in);
                    }
                    String version = says.getProperty("JAVA_VERSION", "").replace("\"", "");
                    beside.put(Runtime.Version.parse(version).feature(), home);
                }
            }
        }
        Optional<Path> newest = beside.descendingMap().entrySet().stream()
                .filter(entry -> entry.getKey() >= 17 && (entry.getKey() - 17) % 4 == 0)
                .map(Map.Entry::getValue)
                .findFirst();
        return Stream.concat(Stream.of(own), newest.stream()).distinct().toList();
    }

    private Path layOut() throws Exception {
        String version = Poms.text(Poms.read(ROOT.resolve("pom.xml")), "version");
        stage(ROOT.resolve("pom.xml"), "sync-tools", version);
        stage(ROOT.resolve("sync-core/bom/pom.xml"), "sync-bom", version);
        for (String module : List.of("sync-core", "sync-modelscope")) {
            stage(ROOT.resolve(module).resolve("pom.xml"), module, version);
            String jar = module + "-" + version + ".jar";
            Files.copy(
                    ROOT.resolve(module).resolve("target").resolve(jar),
                    place(module, version).resolve(jar));
        }
        Path program = Files.createDirectories(folder.resolve("program/src/main/java/consumer"));
        Files.writeString(program.resolve("Main.java"), """
                package consumer;

                import io.synctools.PlanPrinter;
                import io.synctools.Platforms;
                import io.synctools.Syncer;
                import io.synctools.model.ArtifactRef;
                import io.synctools.model.SyncItem;
                import io.synctools.model.SyncOptions;
                import io.synctools.model.SyncPlan;
                import java.util.List;
                import java.util.Map;

                public class Main {
                    public static void main(String[] args) {
                        SyncItem item = SyncItem.of(
                                ArtifactRef.of("modelscope", "models/a/b"), ArtifactRef.of("modelscope-cache", "models/a/b"));
                        SyncPlan plan = SyncPlan.of("consumer", List.of(item));
                        SyncOptions options =
                                Platforms.discover().options(Map.of("modelscope-cache", "cache"), Map.of());
                        Syncer.builder().options(options).build().check(plan);
                        System.out.print(PlanPrinter.declared(plan));
                    }
                }
                """);
        Files.writeString(program.resolveSibling("module-info.java"), """
                module consumer {
                    requires io.synctools.core;
                }
                """);
        Path top = folder.resolve("program");
        Files.writeString(top.resolve("pom.xml"), pom(version));
        Files.writeString(top.resolve("settings.xml"), settings());
        return top;
    }

    private static Map<String, String> versions() throws Exception {
        Map<String, String> plugins = new TreeMap<>();
        for (var plugin : Poms.plugins()) {
            plugins.put(Poms.text(plugin, "artifactId"), Poms.text(plugin, "version"));
        }
        return plugins;
    }

    private Path place(String artifact, String version) throws IOException {
        return Files.createDirectories(folder.resolve("staged/io/synctools/" + artifact + "/" + version));
    }

    private void stage(Path pom, String artifact, String version) throws IOException {
        Files.copy(pom, place(artifact, version).resolve(artifact + "-" + version + ".pom"));
    }

    private static String pom(String version) throws Exception {
        Map<String, String> plugins = versions();
        StringBuilder managed = new StringBuilder();
        for (String name : List.of("maven-compiler-plugin", "maven-resources-plugin", "maven-dependency-plugin")) {
            managed.append("<plugin><artifactId>" + name + "</artifactId><version>" + plugins.get(name)
                    + "</version></plugin>");
        }
        return """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>example</groupId>
                  <artifactId>consumer</artifactId>
                  <version>1</version>
                  <properties>
                    <maven.compiler.release>17</maven.compiler.release>
                    <maven.compiler.showWarnings>true</maven.compiler.showWarnings>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  <dependencyManagement><dependencies><dependency>
                    <groupId>io.synctools</groupId><artifactId>sync-bom</artifactId><version>%s</version>
                    <type>pom</type><scope>import</scope>
                  </dependency></dependencies></dependencyManagement>
                  <dependencies><dependency>
                    <groupId>io.synctools</groupId><artifactId>sync-modelscope</artifactId>
                  </dependency></dependencies>
                  <build><pluginManagement><plugins>%s</plugins></pluginManagement><plugins><plugin>
                    <artifactId>maven-compiler-plugin</artifactId>
                    <configuration><compilerArgs><arg>-Xlint:all</arg><arg>-Werror</arg></compilerArgs></configuration>
                  </plugin></plugins></build>
                </project>
                """.formatted(version, managed);
    }

    /** Ours from the staged files, everything else from what the machine's own Maven has fetched for this very build. */
    private String settings() {
        String fetched = localRepository().toUri().toString();
        return "<settings><localRepository>" + folder.resolve("repository") + "</localRepository>"
                + "<profiles><profile><id>staged</id><repositories>"
                + repository(
                        "repository", "staged", folder.resolve("staged").toUri().toString())
                + repository("repository", "central", fetched)
                + "</repositories><pluginRepositories>"
                + repository("pluginRepository", "central", fetched)
                + "</pluginRepositories></profile></profiles>"
                + "<activeProfiles><activeProfile>staged</activeProfile></activeProfiles></settings>";
    }

    /** Of files without checksums: a local repository keeps none of all. */
    private static String repository(String element, String id, String url) {
        String kept = "<enabled>true</enabled><checksumPolicy>ignore</checksumPolicy>";
        return "<" + element + "><id>" + id + "</id><url>" + url + "</url><releases>" + kept + "</releases><snapshots>"
                + (id.equals("staged") ? kept : "<enabled>false</enabled>") + "</snapshots></" + element + ">";
    }

    private static Path localRepository() {
        return Path.of(System.getProperty("sync.local-repository"));
    }

    private static List<String> mavenCommand(Path program) throws Exception {
        return List.of(
                System.getProperty("sync.maven"),
                "-B",
                "-ntp",
                "-s",
                program.resolve("settings.xml").toString(),
                "compile",
                "org.apache.maven.plugins:maven-dependency-plugin:" + versions().get("maven-dependency-plugin")
                        + ":copy-dependencies");
    }

    private String run(Path where, List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(new ArrayList<>(command))
                .directory(where.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(2, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), () -> command + "\n" + printed);
        return printed;
    }
}
