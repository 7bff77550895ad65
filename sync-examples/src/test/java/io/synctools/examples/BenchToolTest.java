package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchToolTest {

    @TempDir
    Path folder;

    @Test
    void tablesReplaceWhatStandsBetweenTheMarksAndNothingElse() throws IOException {
        Path page = folder.resolve("page.md");
        Files.writeString(page, "# Title\n<!-- bench: from here -->\nold\n<!-- bench: to here -->\n## Below\n");
        String once = BenchTool.placed(page, "new\n");
        assertEquals("# Title\n<!-- bench: from here -->\n\nnew\n\n<!-- bench: to here -->\n## Below\n", once);
        Files.writeString(page, once);
        assertEquals(once, BenchTool.placed(page, "new\n"));
    }

    @Test
    void aPageWithoutMarksIsTheTablesAlone() throws IOException {
        assertEquals("new\n", BenchTool.placed(folder.resolve("none.md"), "new\n"));
        Path page = Files.writeString(folder.resolve("page.md"), "old tables");
        assertEquals("new\n", BenchTool.placed(page, "new\n"));
    }
}
