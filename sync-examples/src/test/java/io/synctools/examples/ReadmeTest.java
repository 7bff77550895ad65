package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a README becomes on a page elsewhere. */
class ReadmeTest {
    private static final TextOrigin ORIGIN = TextOrigin.of(
                    "https://raw.githubusercontent.com/acme/tools/main/docker/README.md")
            .orElseThrow();
    private static final String PAGES = "https://github.com/acme/tools/blob/main/";
    private static final String FILES = "https://raw.githubusercontent.com/acme/tools/main/";

    private static String absolute(String text) {
        return Readme.of(text, ORIGIN).text();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[a](use.md) | [a](PAGESdocker/use.md)",
                "[a](../use.md#top \"title\") | [a](PAGESuse.md#top \"title\")",
                "[a](/use.md) | [a](PAGESuse.md)",
                "[a](<my use.md>) | [a](<PAGESdocker/my%20use.md>)",
                "[a](use_(1).md) | [a](PAGESdocker/use_(1).md)",
                "![a](logo.png) | ![a](FILESdocker/logo.png)",
                "[![a](logo.svg)](use.md) | [![a](FILESdocker/logo.svg)](PAGESdocker/use.md)",
                "[x [y]](use.md) | [x [y]](PAGESdocker/use.md)",
                "[a]: use.md \"title\" | [a]: PAGESdocker/use.md \"title\"",
                "[a]: logo.png | [a]: FILESdocker/logo.png",
                "<img width=\"9\" src=\"logo.png\"> | <img width=\"9\" src=\"FILESdocker/logo.png\">",
                "<a class='x' href='use.md'>a</a> | <a class='x' href='PAGESdocker/use.md'>a</a>",
                "[a](https://x.com/y) | [a](https://x.com/y)",
                "[a](mailto:x@y.z) | [a](mailto:x@y.z)",
                "[a](#part) | [a](#part)",
                "[a](//x.com/y) | [a](//x.com/y)",
                "`[a](use.md)` | `[a](use.md)`",
                "``a ` [a](use.md)`` [b](b.md) | ``a ` [a](use.md)`` [b](PAGESdocker/b.md)",
                "\\[a](use.md) | \\[a](use.md)",
                "a < b [a](use.md) | a < b [a](PAGESdocker/use.md)",
            })
    void relativeLinksLeadToTheCodeHost(String before, String after) {
        assertEquals(after.replace("PAGES", PAGES).replace("FILES", FILES), absolute(before));
    }

    @Test
    void codeIsLeftAlone() {
        String text = "a\n```md\n[a](use.md)\n~~~\n```\n\n~~~~\n[a](use.md)\n~~~\n[b](use.md)\n~~~~\n";
        assertEquals(text, absolute(text));
    }

    @ParameterizedTest
    @CsvSource({
        "https://github.com/acme/tools/blob/v1/README.md, "
                + "https://raw.githubusercontent.com/acme/tools/v1/README.md, https://github.com/acme/tools/blob/v1/x.md",
        "https://raw.githubusercontent.com/acme/tools/refs/heads/main/README.md, "
                + "https://raw.githubusercontent.com/acme/tools/refs/heads/main/README.md,"
                + " https://github.com/acme/tools/blob/refs/heads/main/x.md",
        "https://gitee.com/acme/tools/raw/master/a/README.md, https://gitee.com/acme/tools/raw/master/a/README.md,"
                + " https://gitee.com/acme/tools/blob/master/a/x.md",
        "https://git.example.com/g/sub/tools/-/blob/main/README.md,"
                + " https://git.example.com/g/sub/tools/-/raw/main/README.md,"
                + " https://git.example.com/g/sub/tools/-/blob/main/x.md",
        "https://example.com/docs/readme.md?v=1, https://example.com/docs/readme.md?v=1, https://example.com/docs/x.md",
    })
    void codeHostsAreKnownByTheirAddresses(String address, String raw, String link) {
        TextOrigin origin = TextOrigin.of(address).orElseThrow();
        assertEquals(raw, origin.raw().toString());
        assertEquals(Optional.of(link), origin.absolute("x.md", false));
    }

    @Test
    void aFileOfAJobsCheckoutBelongsToItsRepository() {
        Map<String, String> job = Map.of(
                "GITHUB_SERVER_URL", "https://github.com",
                "GITHUB_REPOSITORY", "acme/tools",
                "GITHUB_REF_NAME", "main",
                "GITHUB_WORKSPACE", "/w");
        TextOrigin origin =
                TextOrigin.ofCheckout(Path.of("/w/my docs/README.md"), job).orElseThrow();
        assertEquals(Optional.of(PAGES + "my%20docs/x.md"), origin.absolute("x.md", false));
        assertEquals(Optional.of(FILES + "x.png"), origin.absolute("/x.png", true));
        assertEquals(Optional.empty(), TextOrigin.ofCheckout(Path.of("/elsewhere/README.md"), job));
        assertEquals(
                1, Readme.of("[a](x.md)", (target, image) -> Optional.empty()).relative());
    }

    @Test
    void aLongTextIsCutBetweenLinesAndItsCodeIsClosed() {
        String text = "# 标题\n" + "行\n".repeat(100) + "```sh\n" + "x\n".repeat(5000) + "```\nend\n";
        Readme cut = Readme.of(text, ORIGIN).within(2000, "[…](https://x)\n");
        assertTrue(cut.text().getBytes(StandardCharsets.UTF_8).length <= 2000);
        assertTrue(cut.text().endsWith("x\n```\n\n[…](https://x)\n"), cut.text());
        assertEquals(text, Readme.of(text, ORIGIN).within(text.length() * 3, "").text());
    }
}
