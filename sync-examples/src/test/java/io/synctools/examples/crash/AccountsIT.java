package io.synctools.examples.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runners and readers under different accounts: what one writes the other may read where the folder says so. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AccountsIT {
    private static final List<String> STRICT = List.of("sh", "-c", "umask 077; exec \"$@\"", "sh");
    private static final List<String> NOBODY =
            List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");
    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));
    private static final String ONLY_ROOT = "only root may run something as somebody else";
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    Path folder;

    private Path root(String rights) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path root = Files.createDirectory(folder.resolve("root"));
        return Files.setPosixFilePermissions(root, PosixFilePermissions.fromString(rights));
    }

    private static Hub hub() throws IOException {
        HubRepository repository = HubRepository.of(
                MirrorProcess.NAME,
                List.of(
                        HubFile.of("config.json", "{}"),
                        HubFile.of("sub/a.txt", "text"),
                        HubFile.random("large.safetensors", 3 * MirrorProcess.PART, 1)));
        return Hub.start(new Hub.Options(0, Duration.ZERO, 0), List.of(repository));
    }

    /** The rights of all files and folders below the root, each once. */
    private static Set<String> rights(Path root) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.toList()) {
                Set<PosixFilePermission> rights = Files.getPosixFilePermissions(path);
                if (!path.endsWith(".lock")) { // which ModelScope's clients share
                    found.add((Files.isDirectory(path) ? "d" : "-") + PosixFilePermissions.toString(rights));
                }
            }
        }
        return found;
    }

    @ParameterizedTest
    @EnumSource(MirrorProcess.Layout.class)
    void filesHaveTheRightsOfTheirFolderWhateverTheUmask(MirrorProcess.Layout layout) throws Exception {
        Path root = root("rwxrwxr-x");
        try (Hub hub = hub();
                Child owner = new Child(STRICT, CLASS_PATH, layout, hub, root)) {
            assertEquals(0, owner.exit(), owner.said());
            assertEquals(Set.of("drwxrwxr-x", "-rw-rw-r--"), rights(root));
            assumeTrue(IS_ROOT, ONLY_ROOT);
            try (Child reader = new Child(NOBODY, readableClassPath(), layout, hub, root)) {
                assertEquals(0, reader.exit(), reader.said());
                assertTrue(reader.said().startsWith("UP_TO_DATE"), reader.said());
            }
        }
    }

    @Test
    void aPrivateFolderStaysPrivate() throws Exception {
        Path root = root("rwx------");
        try (Hub hub = hub();
                Child child = new Child(STRICT, CLASS_PATH, MirrorProcess.Layout.HUGGINGFACE, hub, root)) {
            assertEquals(0, child.exit(), child.said());
        }
        assertEquals(Set.of("drwx------", "-rw-------"), rights(root));
    }

    @ParameterizedTest
    @EnumSource(MirrorProcess.Layout.class)
    void foldersHandTheirGroupDownAsTheRootDoes(MirrorProcess.Layout layout) throws Exception {
        Path root = root("rwxrwx---");
        Files.setAttribute(root, "unix:mode", 02770);
        try (Hub hub = hub();
                Child child = new Child(STRICT, CLASS_PATH, layout, hub, root)) {
            assertEquals(0, child.exit(), child.said());
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(Files::isDirectory)
                    .filter(path -> !path.endsWith(".lock"))
                    .toList()) {
                assertEquals(02000, (Integer) Files.getAttribute(path, "unix:mode") & 02000, path::toString);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(MirrorProcess.Layout.class)
    void aFolderOfAnotherAccountIsRefusedBeforeTheFirstByte(MirrorProcess.Layout layout) throws Exception {
        assumeTrue(IS_ROOT, ONLY_ROOT);
        Path root = root("rwxr-xr-x");
        try (Hub hub = hub();
                Child foreign = new Child(NOBODY, readableClassPath(), layout, hub, root)) {
            assertEquals(1, foreign.exit(), foreign.said());
            assertTrue(foreign.said().contains("kind=DISK"), foreign.said());
            assertTrue(foreign.said().contains("writ"), foreign.said());
            assertEquals(Set.of("drwxr-xr-x"), rights(root), "nothing is written");
            assertEquals(0, hub.bytes(), "not one byte was fetched");
        }
    }

    /** What only this account may read is copied. */
    private String readableClassPath() throws IOException {
        List<Path> copies = new ArrayList<>();
        for (String entry : CLASS_PATH.split(File.pathSeparator)) {
            Path from = Path.of(entry);
            Path to = folder.resolve("classes" + copies.size() + (Files.isDirectory(from) ? "" : ".jar"));
            if (Files.exists(from)) {
                copy(from, to);
                copies.add(to);
            }
        }
        return copies.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path copy = to.resolve(from.relativize(path).toString());
                Files.copy(path, path.equals(from) ? to : copy, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
