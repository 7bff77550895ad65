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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code addresses}: of the flows, and then it is the guide to image addresses; and of lists. */
class ImageAddressesTest {
    @TempDir
    Path folder;

    private String page(String... arguments) {
        Console console = new Console(folder);
        assertEquals(0, console.run(arguments), console::err);
        return console.out();
    }

    @ParameterizedTest
    @CsvSource({"image-addresses.md, ''", "image-addresses.zh-CN.md, --language=zh"})
    void theGuideIsWhatTheToolPrints(String file, String option) throws IOException {
        String page = option.isEmpty() ? page("addresses") : page("addresses", option);
        assertEquals(
                page,
                Files.readString(Guide.ROOT.resolve("docs").resolve(file)),
                () -> "rewrite the page: ./sync addresses " + option + " >docs/" + file);
    }

    @Test
    void aListOfOnesOwnHasAPageOfItsOwn() throws IOException {
        Path list = Files.writeString(folder.resolve("my images.json"), """
                [
                  {"src": "quay.io/a/b", "dest": "swr.x.com/c/"},
                  {"src": "swr.x.com/c/b", "dest": "docker.io/d/b", "include": "v1|v2", "rename": {"v1": "stable"}}
                ]
                """);
        String page = page("addresses", "--images", list.toString());
        assertEquals(
                List.of(
                        "# Image addresses",
                        "## b",
                        "| address | tags | comes from | flow |",
                        "|---|---|---|---|",
                        "| `quay.io/a/b` | all | its origin |  |",
                        "| `swr.x.com/c/b` | all | `quay.io/a/b` | `images` |",
                        "| `docker.io/d/b` | `include=\"v1\\|v2\" rename=\"v1\" \"stable\"` | `swr.x.com/c/b` | `images` |"),
                page.lines()
                        .filter(line -> line.startsWith("#") || line.startsWith("|"))
                        .toList());
        assertTrue(page.contains("Made by `./sync addresses --images '" + list + "'`."), page);
        assertFalse(page.contains("]("), "links of our guides would lead nowhere");
    }

    @Test
    void flowsAreChosenByNameAndMayStandBesideALists() throws IOException {
        Path list = Files.writeString(
                folder.resolve("images.json"), "[{\"src\": \"quay.io/a/b\", \"dest\": \"swr.x.com/c/b\"}]");
        String page = page("addresses", "images-quay-to-ap-southeast1", "--images", list.toString());
        assertEquals(
                List.of("## b", "## verl"),
                page.lines().filter(line -> line.startsWith("## ")).toList());
        String doubled = page("addresses", "images-quay-to-ap-southeast1", "--append-name");
        assertTrue(doubled.contains("`swr.ap-southeast-1.myhuaweicloud.com/base_image/ascend-ci/verl/verl`"), doubled);
    }

    @Test
    void whatHasNoAddressesIsRefused() throws IOException {
        Path wrong = Files.writeString(folder.resolve("images.json"), "[{\"src\": \"quay.io/a/b\"}]");
        for (List<String> arguments : List.of(
                List.of("addresses", "hk001-models"),
                List.of("addresses", "images"),
                List.of("addresses", "nothing"),
                List.of("addresses", "--images", folder.resolve("none.json").toString()),
                List.of("addresses", "--language", "fr"),
                List.of("addresses", "--images", wrong.toString()))) {
            Console console = new Console(folder);
            assertEquals(2, console.run(arguments.toArray(String[]::new)), arguments::toString);
            assertEquals("", console.out());
            assertFalse(console.err().isBlank());
        }
    }
}
