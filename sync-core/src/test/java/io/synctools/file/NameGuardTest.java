package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameGuardTest {
    private static final Checksum ANY = Checksum.sha256("00".repeat(32));

    private static List<Entry> files(String... paths) {
        return Stream.of(paths).map(path -> Entry.file(path, 1, ANY)).toList();
    }

    private static SyncException refused(String... paths) {
        SyncException e = assertThrows(
                SyncException.class, () -> NameGuard.check(files(paths), Set.of(".git", ".cache/sync-tools")));
        assertEquals(FailureKind.UNSAFE_NAME, e.kind());
        return e;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "a/../b",
                "a/..",
                "..",
                ".",
                "./a",
                "a/./b",
                "/x",
                "//x",
                "a//b",
                "a/",
                "",
                "C:\\x",
                "c:x",
                "a\\..\\b",
                "a/..\\b",
                "..\\b",
                "a\\..",
                "\\b",
                "\\\\server\\share",
                ".git\\config",
                ".cache\\sync-tools\\lease",
                ".cache/sync-tools\\lease",
                "a\u0000b",
                "\ud800",
                ".git",
                ".git/config",
                ".GIT/config",
                ".cache/sync-tools/lease",
                ".Cache/Sync-Tools"
            })
    void unsafeNamesAreRefused(String path) {
        refused("good.txt", path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config.json",
                "a/b/c.bin",
                ".gitattributes",
                ".github/x",
                "..a",
                "a..b/c",
                "-x",
                "--config=x",
                "模型/权重.bin",
                "😀.txt",
                ".cache/other",
                "a b/c d",
                "$(x)",
                "c1:x",
                "data\\t.csv",
                "a\\b/c\\",
                "a\\\\b",
                "..a\\b..",
                ".github\\x",
                "a\nb",
                "a\u001b[31m",
                "a\u0085b"
            })
    void ordinaryNamesPass(String path) {
        assertDoesNotThrow(() -> NameGuard.check(files("good.txt", path), Set.of(".git", ".cache/sync-tools")));
    }

    @Test
    void aPartIsLimitedInBytesNotCharacters() {
        assertDoesNotThrow(() -> NameGuard.check(files("x".repeat(255)), Set.of()));
        refused("x".repeat(256));
        assertDoesNotThrow(() -> NameGuard.check(files("模".repeat(85)), Set.of()));
        refused("模".repeat(86));
    }

    @Test
    void collisionsAreRefusedWhereverTheyStandInTheListing() {
        assertTrue(refused("link/x", "b", "link").getMessage().contains("folder"));
        assertTrue(refused("Link/x", "b", "link").getMessage().contains("folder"));
        assertTrue(refused("a/link", "a/link-x", "a/link/x").getMessage().contains("folder"));
        assertTrue(refused("README.md", "x", "Readme.md").getMessage().contains("case"));
        assertTrue(refused("ÄRGER", "ärger").getMessage().contains("case"));
        assertTrue(refused("a", "b", "a").getMessage().contains("twice"));
        assertDoesNotThrow(() -> NameGuard.check(files("link-x", "link.y", "link/x", "linkz"), Set.of()));
    }

    @Test
    void messagesCarryNoControlCharacters() {
        String message = refused("../a\u001b[31m\u202e" + "x".repeat(1000)).getMessage();
        assertFalse(message.chars().anyMatch(c -> c < 0x20 || c == 0x202e));
        assertTrue(message.length() < 500);
    }
}
