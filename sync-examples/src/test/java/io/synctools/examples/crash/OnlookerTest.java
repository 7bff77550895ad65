package io.synctools.examples.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a crash suite relies on: a reader that looks sees each change, also of files that it has read before. */
@Timeout(60)
class OnlookerTest {
    @TempDir
    Path root;

    private static HubRepository revision() throws IOException {
        return HubRepository.of(
                MirrorProcess.NAME, List.of(HubFile.of("config.json", "{}"), HubFile.of("a/b.json", "right")));
    }

    private Onlooker onlooker() throws IOException {
        return new Onlooker(new MirrorState(MirrorProcess.Layout.LOCAL_DIR, root, List.of(revision())));
    }

    private Path publish() throws IOException {
        try (Hub hub = Hub.start(Hub.Options.PLAIN, List.of(revision()))) {
            assertEquals(
                    0,
                    MirrorProcess.run(
                                    MirrorProcess.Layout.LOCAL_DIR,
                                    MirrorProcess.context(hub.origin().toString(), root))
                            .exit());
        }
        return root.resolve(MirrorProcess.NAME).resolve("a/b.json");
    }

    private static void looksAgain(Onlooker onlooker) {
        long until = onlooker.looks() + 2; // one may have been under way
        while (onlooker.looks() < until) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aFileThatRestsIsNoComplaintAndOneThatIsWrittenInPlaceIs() throws Exception {
        Path file = publish();
        FileTime before = Files.getLastModifiedTime(file);
        try (Onlooker onlooker = onlooker()) {
            long changed = ((FileTime) Files.getAttribute(file, "unix:ctime")).toMillis();
            while (System.currentTimeMillis() < changed + Duration.ofMillis(200).toMillis()) {
                looksAgain(onlooker);
            }
            looksAgain(onlooker);
            assertEquals(List.of(), onlooker.complaints());

            Files.writeString(file, "wrong"); // of the same size, and as old as before
            Files.setLastModifiedTime(file, before);
            looksAgain(onlooker);

            assertTrue(onlooker.complaints().contains("a/b.json is neither old nor new"), "it was not seen");
        }
    }

    @Test
    void aFileThatIsReplacedIsReadAgain() throws Exception {
        Path file = publish();
        try (Onlooker onlooker = onlooker()) {
            looksAgain(onlooker);
            Files.move(Files.writeString(root.resolve("other"), "other"), file, StandardCopyOption.REPLACE_EXISTING);
            looksAgain(onlooker);
            assertTrue(onlooker.complaints().contains("a/b.json is neither old nor new"), "it was not seen");
        }
    }

    @Test
    void aFileOfAnotherRevisionThanTheProofNamesIsSeen() throws Exception {
        Path file = publish();
        HubRepository next = HubRepository.of(
                MirrorProcess.NAME, List.of(HubFile.of("config.json", "{}"), HubFile.of("a/b.json", "newer")));
        try (Onlooker onlooker =
                new Onlooker(new MirrorState(MirrorProcess.Layout.LOCAL_DIR, root, List.of(revision(), next)))) {
            onlooker.look();
            assertEquals(List.of(), onlooker.complaints());

            Files.writeString(file, "newer");
            onlooker.look();

            assertTrue(
                    onlooker.complaints()
                            .contains("a/b.json is that of revision 2, and the proof says that of revision 1"),
                    onlooker.complaints()::toString);
        }
    }
}
