package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import io.synctools.spi.SourceProvider;
import io.synctools.testing.MemoryHub;
import io.synctools.testing.MemoryShelf;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlatformsTest {
    @TempDir
    Path folder;

    /** Found only where a test puts its name on the class path. */
    public static final class FoundProvider implements SourceProvider {
        @Override
        public String scheme() {
            return "found";
        }

        @Override
        public Source create(RunContext context) {
            return new MemoryHub();
        }
    }

    /** Takes the same scheme. */
    public static final class TwinProvider implements SourceProvider {
        @Override
        public String scheme() {
            return "found";
        }

        @Override
        public Source create(RunContext context) {
            return new MemoryHub();
        }
    }

    /** A source whose entries are no files. */
    private record Tags() implements Source {
        @Override
        public ArtifactRef pin(ArtifactRef ref) {
            return ref;
        }

        @Override
        public Listing list(ArtifactRef pinned, NameFilter filter) {
            return new Listing(List.of(), List.of(), Map.of());
        }
    }

    private Platforms discover(String... providers) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.write(services.resolve(SourceProvider.class.getName()), List.of(providers));
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            return Platforms.discover();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void findsProvidersOnTheClassPath() throws IOException {
        assertInstanceOf(
                FoundProvider.class, discover(FoundProvider.class.getName()).source("found"));
    }

    /** As where a server loads an application, and a thread of the common pool runs it. */
    @Test
    void findsProvidersBesideTheLibraryThatTheThreadsLoaderDoesNotKnow() throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(SourceProvider.class.getName()), FoundProvider.class.getName());
        List<URL> path = new ArrayList<>(List.of(folder.toUri().toURL()));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            path.add(Path.of(entry).toUri().toURL());
        }
        try (URLClassLoader application =
                new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Object platforms = application
                    .loadClass(Platforms.class.getName())
                    .getMethod("discover")
                    .invoke(null);
            Method source = platforms.getClass().getDeclaredMethod("source", String.class);
            source.setAccessible(true);
            assertEquals(
                    FoundProvider.class.getName(),
                    source.invoke(platforms, "found").getClass().getName());
        }
    }

    @Test
    void twoOfOneSchemeAreRefusedByName() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> discover(FoundProvider.class.getName(), TwinProvider.class.getName()));

        assertTrue(refused.getMessage().contains(FoundProvider.class.getName()), refused::getMessage);
        assertTrue(refused.getMessage().contains(TwinProvider.class.getName()), refused::getMessage);
        assertTrue(refused.getMessage().contains("\"found\""), refused::getMessage);
    }

    @Test
    void foundAndGivenOnesFillTheSameMap() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> Platforms.builder().source("found", new Tags()).source(new FoundProvider()));

        assertTrue(refused.getMessage().contains(Tags.class.getName()), refused::getMessage);
        assertTrue(refused.getMessage().contains(FoundProvider.class.getName()), refused::getMessage);
    }

    @Test
    void aProviderThatCannotBeLoadedIsSaid() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> discover("no.such.Provider"));

        assertTrue(refused.getMessage().contains("no.such.Provider"), refused::getMessage);
    }

    @Test
    void anUnknownSchemeIsAnsweredWithThoseThatThereAre() {
        MemoryShelf shelf = new MemoryShelf();
        Platforms platforms = Platforms.builder()
                .source("hub", new MemoryHub())
                .source("docker", new Tags())
                .target("shelf", shelf)
                .build();

        assertSame(shelf, platforms.target("shelf").create(RunContext.of(SyncOptions.DEFAULTS)));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> platforms.source("shelf"))
                .getMessage()
                .contains("no source is called \"shelf\"; there is docker, hub"));
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> Platforms.builder().build().target("x"))
                .getMessage()
                .contains("put a platform's jar on the path"));
    }

    @Test
    void aTargetThatPullsFromAnotherKindOfSourceIsRefused() {
        assertEquals(
                MemoryShelf.class,
                Route.of(new MemoryHub(), new MemoryShelf()).target().getClass());
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Route.of(new Tags(), new MemoryShelf()));

        assertTrue(refused.getMessage().contains("MemoryShelf pulls from a FileSource"), refused::getMessage);
    }

    @Test
    void findsProvidersOnTheModulePath() throws Exception {
        Path sources = folder.resolve("src");
        Path classes = Files.createDirectories(folder.resolve("platform"));
        write(sources.resolve("module-info.java"), """
                module third.party {
                    requires io.synctools.core;
                    provides io.synctools.spi.SourceProvider with third.party.Provider;
                }
                """);
        write(sources.resolve("third/party/Provider.java"), """
                package third.party;
                public final class Provider implements io.synctools.spi.SourceProvider {
                    public String scheme() { return "third"; }
                    public io.synctools.spi.Source create(io.synctools.spi.RunContext context) {
                        throw new IllegalArgumentException("set THIRD_TOKEN");
                    }
                }
                """);
        write(sources.resolve("third/party/Main.java"), """
                package third.party;
                import io.synctools.*;
                import io.synctools.model.*;
                public final class Main {
                    public static void main(String[] args) {
                        System.out.println("module " + Syncer.class.getModule().getName());
                        try {
                            Syncer.builder().build().check(SyncPlan.of("flow", java.util.List.of(SyncItem.of(
                                    ArtifactRef.of("third", "a/b"), ArtifactRef.of("nowhere", "a/b")))));
                        } catch (PlanException e) {
                            System.out.println(e.getMessage());
                        }
                    }
                }
                """);
        String modules = modulePath();
        int status = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        System.out,
                        System.err,
                        "-d",
                        classes.toString(),
                        "--module-path",
                        modules,
                        sources.resolve("module-info.java").toString(),
                        sources.resolve("third/party/Provider.java").toString(),
                        sources.resolve("third/party/Main.java").toString());
        assertEquals(0, status);

        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        modules + File.pathSeparator + classes,
                        "--module",
                        "third.party/third.party.Main")
                .redirectErrorStream(true)
                .start();
        String output = new String(child.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(child.waitFor(30, TimeUnit.SECONDS));

        assertTrue(output.contains("module io.synctools.core"), output);
        assertTrue(output.contains("third:a/b: set THIRD_TOKEN"), output);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** Core and what it needs; the test libraries stay out, since automatic modules would collide. */
    private static String modulePath() {
        List<String> needed = List.of(
                "okhttp-jvm",
                "okio",
                "kotlin-stdlib",
                "jackson-core",
                "jackson-databind",
                "jackson-annotations",
                "resilience4j",
                "jspecify",
                "error_prone_annotations",
                "slf4j-api",
                "annotations-");
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(path -> path.replace('\\', '/').endsWith("sync-core/target/classes")
                        || needed.stream().anyMatch(Path.of(path).getFileName().toString()::startsWith))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
