package io.synctools.examples.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program of somebody else: it imports the BOM, names a platform without a version, is built by Maven from a repository
 * that holds what a release would put there, and runs on the module path and on the class path.
 */
class ConsumerIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path folder;

    @Test
    void theLibraryServesAProgramOfSomebodyElse() throws Exception {
        Path program = layOut();
        run(program, mavenCommand(program));

        List<Path> jars;
        try (Stream<Path> files = Files.list(program.resolve("target/dependency"))) {
            jars = files.toList();
        }
        assertTrue(
                jars.stream().anyMatch(jar -> jar.getFileName().toString().startsWith("sync-core-")), jars::toString);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String path = program.resolve("target/classes")
                + File.pathSeparator
                + jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        String expected = "consumer: 1 item\n  modelscope:models/a/b -> modelscope-cache:models/a/b\n";
        assertEquals(expected, run(program, List.of(java, "-p", path, "-m", "consumer/consumer.Main")));
        assertEquals(expected, run(program, List.of(java, "-cp", path, "consumer.Main")));
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

    private Path place(String artifact, String version) throws IOException {
        return Files.createDirectories(folder.resolve("staged/io/synctools/" + artifact + "/" + version));
    }

    private void stage(Path pom, String artifact, String version) throws IOException {
        Files.copy(pom, place(artifact, version).resolve(artifact + "-" + version + ".pom"));
    }

    private static String pom(String version) throws Exception {
        Map<String, String> plugins = new TreeMap<>();
        for (var plugin : Poms.plugins()) {
            plugins.put(Poms.text(plugin, "artifactId"), Poms.text(plugin, "version"));
        }
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
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  <dependencyManagement><dependencies><dependency>
                    <groupId>io.synctools</groupId><artifactId>sync-bom</artifactId><version>%s</version>
                    <type>pom</type><scope>import</scope>
                  </dependency></dependencies></dependencyManagement>
                  <dependencies><dependency>
                    <groupId>io.synctools</groupId><artifactId>sync-modelscope</artifactId>
                  </dependency></dependencies>
                  <build><pluginManagement><plugins>%s</plugins></pluginManagement></build>
                </project>
                """.formatted(version, managed);
    }

    /** Ours from the staged files, everything else from what the machine's own Maven has fetched for this very build. */
    private String settings() {
        String repositories = """
                <repository><id>staged</id><url>%1$s</url><snapshots><enabled>true</enabled></snapshots></repository>
                <repository><id>fetched</id><url>%2$s</url><snapshots><enabled>false</enabled></snapshots></repository>
                """.formatted(
                        folder.resolve("staged").toUri(), localRepository().toUri());
        return "<settings><localRepository>" + folder.resolve("repository") + "</localRepository><mirrors><mirror>"
                + "<id>fetched</id><mirrorOf>central</mirrorOf><url>"
                + localRepository().toUri() + "</url></mirror></mirrors>"
                + "<profiles><profile><id>staged</id><repositories>" + repositories
                + "</repositories></profile></profiles>"
                + "<activeProfiles><activeProfile>staged</activeProfile></activeProfiles></settings>";
    }

    private static Path localRepository() {
        return Path.of(System.getProperty("sync.local-repository"));
    }

    private static List<String> mavenCommand(Path program) {
        return List.of(
                System.getProperty("sync.maven"),
                "-q",
                "-B",
                "-ntp",
                "-s",
                program.resolve("settings.xml").toString(),
                "compile",
                "dependency:copy-dependencies");
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
