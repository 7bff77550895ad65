package io.synctools.examples;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.spi.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class OptionsTest {
    @TempDir
    Path folder;

    @Command
    private static final class Holder {
        @Mixin
        private final FlowOptions options = new FlowOptions();
    }

    private static FlowOptions parse(String... arguments) {
        Holder holder = new Holder();
        new Parsing("flow", holder, "/home/someone").wantsHelp(List.of(arguments));
        return holder.options;
    }

    private static Settings settings(String... arguments) {
        return parse(arguments).settings(Map.of("HOME", "/home/someone"));
    }

    @Test
    void defaultsAreThoseOfTheContract() {
        Settings settings = settings();
        Map<String, String> expected = Map.of(
                "jobs", "16",
                "connections", "16",
                "part-size", "16777216",
                "wait", "PT0S",
                "stall", "PT30S",
                "retry-for", "PT2M",
                "copy-timeout", "PT2H",
                "retries", "5",
                "verify", "false",
                "copies-per-host", "8");
        expected.forEach(
                (name, value) -> assertEquals(value, settings.option(name).orElse("absent"), name));
        for (String absent : List.of("bandwidth", "modelscope-cache", "huggingface-cache", "local-root", "run-url")) {
            assertTrue(settings.option(absent).isEmpty(), absent);
        }
    }

    @Test
    void valuesReachThePlatforms() {
        Settings settings = settings(
                "--jobs=3",
                "--part-size",
                "8MB",
                "--bandwidth=200MiB/s",
                "--wait",
                "30d",
                "--retries",
                "0",
                "--verify",
                "--replace",
                "--registry",
                "quay.io=127.0.0.1:5000",
                "--registry",
                "docker.io=127.0.0.1:5001",
                "--xet=off",
                "--via",
                "transfer.xethub.hf.co=https://proxy.example/xet",
                "--modelscope-cache=~/ms");
        Map<String, String> expected = Map.ofEntries(
                entry("jobs", "3"),
                entry("part-size", "8000000"),
                entry("bandwidth", "209715200"),
                entry("wait", "PT720H"),
                entry("retries", "0"),
                entry("verify", "true"),
                entry("replace", "true"),
                entry("registry.quay.io", "127.0.0.1:5000"),
                entry("registry.docker.io", "127.0.0.1:5001"),
                entry("xet", "off"),
                entry("via.transfer.xethub.hf.co", "https://proxy.example/xet"),
                entry("modelscope-cache", "/home/someone/ms"));
        expected.forEach(
                (name, value) -> assertEquals(value, settings.option(name).orElse("absent"), name));
    }

    @Test
    void sharesDivideWhatOneRunWouldAskOfTheHubs() {
        for (String budget : List.of("jobs", "connections", "copies-per-host")) {
            int sum = 0;
            for (int i = 0; i < 3; i++) {
                String part = settings("--shard", i + "/3", "--jobs=10", "--connections=10")
                        .option(budget)
                        .orElseThrow();
                sum += Integer.parseInt(part);
            }
            assertEquals(budget.equals("copies-per-host") ? 8 : 10, sum, budget);
        }
        Settings ofPod = parse().settings(Map.of("JOB_COMPLETION_INDEX", "3", "JOB_COMPLETION_COUNT", "40"));
        assertEquals("1", ofPod.option("connections").orElseThrow(), "nobody can work without any");
    }

    @Test
    void theRunsPageIsToldToThoseWhoFindOurLease() {
        Settings settings = parse().settings(Map.of(
                "GITHUB_SERVER_URL", "https://github.com", "GITHUB_REPOSITORY", "acme/mirror", "GITHUB_RUN_ID", "7"));
        assertEquals(
                "https://github.com/acme/mirror/actions/runs/7",
                settings.option("run-url").orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({
        "--job,             did you mean --jobs",
        "--part-size 16M,   write 16MiB (1024) or 16MB (1000)",
        "--part-size 16,    write 16MiB (1024) or 16MB (1000)",
        "--part-size 0MiB,  is out of range",
        "--part-size 9999999TiB, is out of range",
        "--bandwidth fast,  write for example 200MiB/s",
        "--wait 90,         'write for example 90s, 90s, 5m, 2h or 30d'",
        "--wait 1h30m,      'write for example 90s, 5m, 2h or 30d'",
        "--stall -1s,       is not a duration",
        "--stall 0s,        must be longer than 0s",
        "--xet on,          is auto or off",
        "--jobs 0,          --jobs must be at least 1",
        "--connections 0,   --connections must be at least 1",
        "--report /dev,     this is a folder",
        "--metrics /dev,    this is a folder",
        "--report=,         the path is empty",
        "--modelscope-cache /dev/null, /dev/null is not a folder",
        "--local-root /dev/null/below, /dev/null is not a folder",
        "--jobs many,       is not a number",
        "--retries -1,      is not a number",
        "--shard 4/4,       I from 0 to N-1",
        "'--shard {\"shard\":\"0/2\"}', has no items",
        "'--shard {\"shard\":\"0/2\",\"items\":[]', is not whole",
        "--huggingface-layout folder, write local-dir or cache",
        "--jobs 1 --jobs 2, should be specified only once",
        "--registry quay.io, HOST=HOST",
        "--report /nonexistent/r.json, there is no folder /nonexistent",
        "--quiet --verbose, choose one",
        "--jop 3,           there is no option --jop; did you mean --jobs",
        "extra,             'vllm-guiyang003 takes no project; what does \"extra\" mean?'",
        "extra more,        'there is no use for \"more\"'"
    })
    void wrongValuesAreRefusedWithWhatToWrite(String arguments, String expected) {
        Console console = new Console(folder);
        assertEquals(2, console.run(("vllm-guiyang003 " + arguments).split(" ", -1)));
        assertTrue(console.err().contains(expected), console::err);
        assertEquals("", console.out());
    }

    @Test
    void durationsAreReadAndPrinted() {
        assertEquals(Duration.ofSeconds(90), Span.parse("90s"));
        assertEquals(Duration.ofMinutes(5), Span.parse(" 5M "));
        assertEquals(Duration.ofDays(30), Span.parse("30d"));
        assertThrows(IllegalArgumentException.class, () -> Span.parse("99999999999999999999d"));
        assertEquals("0.8s", Span.text(Duration.ofMillis(800)));
        assertEquals("41s", Span.text(Duration.ofSeconds(41)));
        assertEquals("2m05s", Span.text(Duration.ofSeconds(125)));
        assertEquals("1h11m", Span.text(Duration.ofMinutes(71)));
        assertEquals("3d4h", Span.text(Duration.ofHours(76)));
    }

    @Test
    void sizesKnowBothThousands() {
        assertEquals(16L << 20, ByteSize.parse("16MiB").bytes());
        assertEquals(16_000_000, ByteSize.parse("16 mb").bytes());
        assertEquals(1L << 39, ByteSize.parse("0.5TiB").bytes());
        assertEquals(1_500, ByteSize.parse("1.5KB").bytes());
    }
}
