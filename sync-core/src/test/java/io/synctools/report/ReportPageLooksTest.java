package io.synctools.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.synctools.SyncReport.Item;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The page in a real browser, headless: nothing overflows, the text is seen, both colour schemes are what they say. Starting
 * the browser takes most of the time, so pages stand side by side in frames. The screenshots stay in {@code target/page}
 * for people to look at.
 */
@Tag("browser")
class ReportPageLooksTest {
    private static final int WIDE = 1280;
    private static final int NARROW = 390;
    private static final int TALL = 5000;

    /** Measures what is on each page, and leaves the result where the dump shows it. */
    private static final String PROBE = """
            <script>
            addEventListener('load', () => document.querySelectorAll('iframe').forEach(frame => {
              const page = frame.contentDocument, root = page.documentElement, width = root.clientWidth, bad = [];
              const scrolls = e => e.closest('.scroll') && e.closest('.scroll') !== e;
              for (const e of page.body.querySelectorAll('*')) {
                const box = e.getBoundingClientRect();
                if (!box.width || scrolls(e)) continue;
                if (box.right > width + 1 || box.left < -1) bad.push(e.tagName + ' ' + e.className + ' to ' + box.right);
                if (!e.closest('svg') && !e.matches('.scroll') && e.clientWidth && e.scrollWidth > e.clientWidth + 1)
                  bad.push(e.tagName + ' ' + e.className + ' holds ' + e.scrollWidth + ' in ' + e.clientWidth);
              }
              const out = document.createElement('pre');
              out.id = frame.name;
              out.textContent = JSON.stringify({width, all: root.scrollWidth, bad: bad.slice(0, 10)})
                  + '\\n' + page.body.innerText;
              document.body.append(out);
            }));
            </script>""";

    @TempDir
    static Path folder;

    private static String browser;

    @BeforeAll
    static void needsABrowser() {
        List<String> places = List.of(System.getenv().getOrDefault("PATH", "").split(":"));
        Optional<String> found = Stream.of("chromium", "chromium-browser", "google-chrome")
                .filter(name -> places.stream().anyMatch(place -> Files.isExecutable(Path.of(place, name))))
                .findFirst();
        if (found.isEmpty() && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("chromium is missing, and CI does not skip tests: apt-get install chromium");
        }
        browser = found.orElseGet(() -> abort("chromium is not installed: apt-get install chromium"));
    }

    private static String chromium(String... arguments) throws IOException, InterruptedException {
        Path profile = Files.createTempDirectory(folder, "profile");
        List<String> command = new ArrayList<>(List.of(
                browser,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                "--user-data-dir=" + profile));
        command.addAll(List.of(arguments));
        Path errors = profile.resolve("errors");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), "chromium does not end");
        assertEquals(0, process.exitValue(), () -> command + ": " + text(errors));
        return out;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String frame(String name, int width, String page) {
        return "<iframe name=" + name + " style=\"flex:none;border:0;width:" + width + "px;height:" + TALL
                + "px\" srcdoc=\"" + Html.escaped(page) + "\"></iframe>";
    }

    private static Path stage(String... parts) throws IOException {
        Path file = Files.createTempFile(folder, "stage", ".html");
        return Files.writeString(
                file,
                "<!doctype html><meta charset=utf-8><body style=\"margin:0;display:flex\">" + String.join("", parts));
    }

    /** What the probe saw of one page: its measures in the first line, then the text. */
    private static String seen(String dump, String name) {
        String begin = "<pre id=\"" + name + "\">";
        int from = dump.indexOf(begin);
        assertTrue(
                from >= 0, () -> "no " + begin + " at the end of " + dump.substring(Math.max(0, dump.length() - 500)));
        return dump.substring(from + begin.length(), dump.indexOf("</pre>", from));
    }

    @Test
    void nothingOverflowsAndTheTextIsSeen() throws Exception {
        String page = Reports.page(Fleet.reports(), Fleet.NOW);
        Item[] items = Stream.iterate(0, i -> i + 1)
                .limit(5000)
                .map(i -> i % 50 == 0 ? Reports.failed("o/n" + i, "broken") : Reports.there("o/n" + i))
                .toArray(Item[]::new);
        String many = Reports.page(
                List.of(Reports.of("one", "0/1", 0, items), Reports.of("two", "0/1", 1, items)), Reports.BEGIN);
        Path stage = stage(
                frame("wide", WIDE, page),
                frame("narrow", NARROW, page),
                frame("many", WIDE, many.replace("<details", "<details open")),
                PROBE);
        String dump = chromium("--dump-dom", stage.toUri().toString());
        for (String name : List.of("wide", "narrow", "many")) {
            int width = name.equals("narrow") ? NARROW : WIDE;
            assertEquals(
                    "{\"width\":" + width + ",\"all\":" + width + ",\"bad\":[]}",
                    seen(dump, name).lines().findFirst().orElseThrow(),
                    name);
        }
        for (String text : List.of(
                "4 of 40 items are not there, on 4 of 5 runners.",
                "linux-amd64-hk001 could not check 2 of 6",
                "2 items that were there before and could not be checked",
                "vllm-downloaded-models.ini:5",
                "accept its licence on the hub",
                "will not help",
                "never",
                "and 4 more",
                "61 of 100 pulls left in 6 h",
                "refused for its rate limit",
                "188 older runs")) {
            assertTrue(seen(dump, "wide").contains(text), () -> text + " is not in " + seen(dump, "wide"));
            assertTrue(seen(dump, "narrow").contains(text), () -> text + " is not in " + seen(dump, "narrow"));
        }
        assertTrue(seen(dump, "many").contains("o/n4999"));
    }

    @ParameterizedTest
    @CsvSource({"light,1", "dark,0"})
    void theScreenshotIsInItsColours(String scheme, int setting) throws Exception {
        String page = Reports.page(Fleet.reports(), Fleet.NOW);
        Path stage = stage(frame("wide", WIDE, page), frame("narrow", NARROW, page));
        Path shot = folder.resolve(scheme + ".png");
        chromium(
                "--blink-settings=preferredColorScheme=" + setting,
                "--window-size=" + (WIDE + NARROW) + "," + TALL,
                "--screenshot=" + shot,
                stage.toUri().toString());
        BufferedImage image = ImageIO.read(shot.toFile());
        Path kept = Files.createDirectories(Path.of("target/page"));
        for (String name : List.of("wide", "narrow")) {
            boolean wide = name.equals("wide");
            BufferedImage one = image.getSubimage(wide ? 0 : WIDE, 0, wide ? WIDE : NARROW, TALL);
            ImageIO.write(one, "png", kept.resolve(name + "-" + scheme + ".png").toFile());
            boolean dark = scheme.equals("dark");
            assertEquals(dark ? 0x101317 : 0xf4f5f7, one.getRGB(2, 2) & 0xffffff, "the paper");
            // Bars, marks of what failed, and the cells behind them.
            for (int colour :
                    dark ? new int[] {0x6ca2f2, 0xff7880, 0x321a1e} : new int[] {0x3b76d1, 0xbf2433, 0xfceaec}) {
                assertTrue(
                        pixels(one, colour) > 200,
                        () -> Integer.toHexString(colour) + " is missing in " + name + "-" + scheme);
            }
        }
    }

    private static int pixels(BufferedImage image, int colour) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += (image.getRGB(x, y) & 0xffffff) == colour ? 1 : 0;
            }
        }
        return count;
    }
}
