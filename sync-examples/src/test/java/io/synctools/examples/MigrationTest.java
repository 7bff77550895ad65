package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A repository of lists as older scripts have them. */
class MigrationTest {
    @TempDir
    Path folder;

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String migrate(int status) {
        Console console = new Console(folder);
        assertEquals(status, console.run("lint", "--migrate", folder.toString()), () -> console.out() + console.err());
        return console.out().replace(folder + "/", "");
    }

    @Test
    void listsThatLoadAsTheyAreAreSaidSo() throws IOException {
        write("vllm-models.ini", "# all\r\nQwen/Qwen2.5-7B\r\n\r\nacme/tiny.v1\r\n");
        write("package.json", "{\"name\": \"x\"}");
        write(
                "run.yml",
                "env:\n  A: ${{ secrets.HF_TOKEN }}\n  B: ${{ secrets.MODELSCOPE_TOKEN }}\n  C: ${{ secrets.MY_PWD }}\n");
        assertEquals("""
                loads as it is
                  vllm-models.ini: 2 items
                where files will land
                  2 items in the ModelScope cache, $MODELSCOPE_CACHE/models/ORG/NAME, where modelscope download puts them
                secrets and variables
                  HF_TOKEN: the same name
                  MODELSCOPE_TOKEN: set MODELSCOPE_API_TOKEN to its value
                  MY_PWD: not read; a registry's login goes by HOST_USER and HOST_PASSWORD, for example QUAY_IO_USER
                nothing is fetched twice
                  What lies at these places is compared by name, size and checksum in the first run, which reads it once; only what is missing or differs comes over the network.
                  Try it: ./sync FLOW --dry-run says what would come.
                """, migrate(0));
    }

    @Test
    void whatIsToEditIsShownAsItIsAndAsItHasToBe() throws IOException {
        write("lists/demo-models.json", """
                [
                  {
                    "platform": "modelscope",
                    "organization": "acme",
                    "model_name": "one",
                    "local_dir": "",
                    "size_gb": 15.2
                  },
                  {"platform": "huggingface", "organization": "acme", "model_name": "two", "size_gb": 3},
                ]
                """);
        write("image-sync.json", """
                [
                  {"src": "quay.io/ascend/cann:8.0", "dest": "docker.io/acme/cann"},
                  {"src": "quay.io/ascend/vllm", "dest": "docker.io/acme/vllm", "tag_filter": "^v0\\\\.9|^main$"},
                  {"src": "quay.io/ascend/sglang", "dest": "docker.io/acme/sglang", "tag_filter": "cann"}
                ]
                """);
        String said = migrate(2);
        for (String edit : List.of(
                "image-sync.json:2\n    - {\"src\": \"quay.io/ascend/cann:8.0\", \"dest\": \"docker.io/acme/cann\"},\n"
                        + "    + {\"src\": \"quay.io/ascend/cann\", \"include\": \"8\\\\.0\", \"dest\": \"docker.io/acme/cann\"},\n",
                "\"include\": \"v0\\\\.9.*|main\"},\n",
                "lists/demo-models.json:6\n    - \"local_dir\": \"\",\n    + (nothing)\n",
                "lists/demo-models.json:5\n    - \"model_name\": \"one\",\n    + \"model_name\": \"one\"\n",
                "    + {\"platform\": \"huggingface\", \"organization\": \"acme\", \"model_name\": \"two\"}\n")) {
            assertTrue(said.contains(edit), () -> edit + "\nnot in\n" + said);
        }
        assertFalse(said.contains("to decide by hand"), said);
        assertFalse(said.contains("image-sync.json:4"), "a word is the same for both");
    }

    @Test
    void projectsLieBesideTheFileThatNamesThem() throws IOException {
        write("projects-clusters.json", "{\"chat\": {\"clusters\": [\"one\"]}, \"gone\": {\"clusters\": [\"one\"]}}");
        write(
                "projects/chat.json",
                "{\"models\": [{\"platform\": \"modelscope\", \"organization\": \"a\", \"model_name\": \"b\"}],"
                        + " \"datasets\": []}");
        write("run.yml", "A: ${{ secrets.HUGGING_FACE_TOKEN }}\nB: ${{ secrets.CI_MODELSCOPE_TOKEN }}\n");
        String said = migrate(2);
        assertTrue(said.contains("the project \"gone\" has no file projects/gone.json"), said);
        assertFalse(said.contains("the project \"chat\" has no file"), said);
        assertTrue(said.contains("  HUGGING_FACE_TOKEN: set HF_TOKEN to its value\n"), said);
        assertTrue(said.contains("  CI_MODELSCOPE_TOKEN: set MODELSCOPE_API_TOKEN to its value\n"), said);
    }

    @Test
    void whatNoRuleMendsIsToBeDecided() throws IOException {
        write(
                "models.json",
                "[{\"platform\": \"huggingface\", \"organization\": \"acme\", \"model_name\": \"One\"},\n"
                        + " {\"platform\": \"huggingface\", \"organization\": \"acme\", \"model_name\": \"one\"}]\n");
        String said = migrate(2);
        assertTrue(said.contains("to decide by hand\n  models.json:2:2: error: "), said);
    }

    @Test
    void aPatternThatIsFoundAnywhereMatchesTheWholeTag() {
        assertEquals("v0\\\\.9.*|main", OldList.whole("^v0\\\\.9|^main$"));
        assertEquals(".*a(b|c)d.*", OldList.whole("a(b|c)d"));
        assertEquals(".*x", OldList.whole(".*x$"));
        assertEquals(".*a\\\\$.*", OldList.whole("a\\\\$"));
        assertEquals(".*a\\\\|b.*|.*c.*", OldList.whole("a\\\\|b|c"));
    }
}
