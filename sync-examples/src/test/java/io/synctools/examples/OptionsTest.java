package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.huggingface.HuggingFaceOptions;
import io.synctools.internal.text.ByteSize;
import io.synctools.internal.text.Span;
import io.synctools.model.Option;
import io.synctools.model.SyncOptions;
import io.synctools.modelscope.ModelScopeOptions;
import io.synctools.skopeo.SkopeoOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class OptionsTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("HOME", "/home/someone");

    @TempDir
    Path folder;

    @Command
    private static final class Holder implements LibraryOptions.Taker {
        @Mixin
        private final FlowOptions options = new FlowOptions(ENVIRONMENT);

        @Override
        public LibraryOptions library() {
            return options.library;
        }
    }

    private static FlowOptions parse(String... arguments) {
        Holder holder = new Holder();
        new Parsing("flow", holder, "/home/someone").wantsHelp(List.of(arguments));
        return holder.options;
    }

    private static SyncOptions given(String... arguments) {
        return parse(arguments).ofShare(ENVIRONMENT);
    }

    @Test
    void defaultsAreThoseOfTheContract() {
        SyncOptions options = given();
        assertEquals(1024, options.get(SyncOptions.JOBS), "as many as the connections allow");
        assertEquals(96, options.get(SyncOptions.CONNECTIONS), "found, up to this");
        assertEquals(16L << 20, options.get(SyncOptions.PART_SIZE));
        assertEquals(Duration.ZERO, options.get(SyncOptions.WAIT));
        assertEquals(Duration.ofSeconds(30), options.get(SyncOptions.STALL));
        assertEquals(Duration.ofMinutes(2), options.get(SyncOptions.RETRY_FOR));
        assertEquals(Duration.ofHours(2), options.get(SkopeoOptions.COPY_TIMEOUT));
        assertEquals(5, options.get(SyncOptions.RETRIES));
        assertEquals(false, options.get(SyncOptions.VERIFY));
        assertEquals(8, options.get(SkopeoOptions.COPIES_PER_HOST));
        for (Option<?> absent : List.of(
                SyncOptions.BANDWIDTH,
                ModelScopeOptions.CACHE,
                HuggingFaceOptions.CACHE,
                HuggingFaceOptions.LOCAL_ROOT,
                SyncOptions.RUN_URL)) {
            assertEquals(Optional.empty(), options.find(absent), absent::name);
        }
    }

    @Test
    void valuesReachThePlatforms() {
        SyncOptions options = given(
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
                "--plain-http=registry.example:5000",
                "--xet=off",
                "--oci-form=image",
                "--via",
                "transfer.xethub.hf.co=https://proxy.example/xet",
                "--adopt=/a",
                "--adopt=/b/../c",
                "--modelscope-cache=~/ms");
        assertEquals(3, options.get(SyncOptions.JOBS));
        assertEquals(8_000_000, options.get(SyncOptions.PART_SIZE));
        assertEquals(200L << 20, options.get(SyncOptions.BANDWIDTH));
        assertEquals(Duration.ofDays(30), options.get(SyncOptions.WAIT));
        assertEquals(0, options.get(SyncOptions.RETRIES));
        assertEquals(true, options.get(SyncOptions.VERIFY));
        assertEquals(true, options.get(SyncOptions.REPLACE));
        assertEquals(
                Map.of("quay.io", "127.0.0.1:5000", "docker.io", "127.0.0.1:5001"),
                options.get(SkopeoOptions.REGISTRY));
        assertEquals(Set.of("registry.example:5000"), options.get(SyncOptions.PLAIN_HTTP));
        assertEquals(HuggingFaceOptions.Xet.OFF, options.get(HuggingFaceOptions.XET));
        assertEquals(SkopeoOptions.OciForm.IMAGE, options.get(SkopeoOptions.OCI_FORM));
        assertEquals(Map.of("transfer.xethub.hf.co", "https://proxy.example/xet"), options.get(SyncOptions.VIA));
        assertEquals(List.of(Path.of("/a"), Path.of("/c")), options.get(SyncOptions.ADOPT));
        assertEquals(Path.of("/home/someone/ms"), options.get(ModelScopeOptions.CACHE));
    }

    @Test
    void sharesDivideWhatOneRunWouldAskOfTheHubs() {
        for (Option<Integer> budget :
                List.of(SyncOptions.JOBS, SyncOptions.CONNECTIONS, SkopeoOptions.COPIES_PER_HOST)) {
            int sum = 0;
            for (int i = 0; i < 3; i++) {
                sum += given("--shard", i + "/3", "--jobs=10", "--connections=10")
                        .get(budget);
            }
            assertEquals(budget == SkopeoOptions.COPIES_PER_HOST ? 8 : 10, sum, budget::name);
        }
        SyncOptions ofPod = parse().ofShare(Map.of("JOB_COMPLETION_INDEX", "300", "JOB_COMPLETION_COUNT", "400"));
        assertEquals(1, ofPod.get(SyncOptions.CONNECTIONS), "nobody can work without any");
    }

    @Test
    void theRunsPageIsToldToThoseWhoFindOurLease() {
        SyncOptions options = parse().ofShare(Map.of(
                "GITHUB_SERVER_URL", "https://github.com", "GITHUB_REPOSITORY", "acme/mirror", "GITHUB_RUN_ID", "7"));
        assertEquals("https://github.com/acme/mirror/actions/runs/7", options.get(SyncOptions.RUN_URL));
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
        "--stall 0s,        must be from 1ms to 3650d",
        "--xet on,          write auto or off",
        "--oci-form tar,    write artifact or image",
        "--jobs 0,          must be a number from 1 to 1024",
        "--connections 1025, must be a number from 1 to 1024",
        "--report /dev,     this is a folder",
        "--metrics /dev,    this is a folder",
        "--report=,         the path is empty",
        "--modelscope-cache /dev/null, /dev/null is not a folder",
        "--local-root /dev/null/below, /dev/null is not a folder",
        "--jobs many,       is not a number from 1 to 1024",
        "--retries -1,      must be a number from 0 to 10000",
        "--shard 4/4,       I from 0 to N-1",
        "'--shard {\"shard\":\"0/2\"}', has no items",
        "'--shard {\"shard\":\"0/2\",\"items\":[]', is not whole",
        "--huggingface-layout folder, write local-dir or cache",
        "--jobs 1 --jobs 2, should be specified only once",
        "--registry quay.io, HOST=HOST",
        "--report /nonexistent/r.json, there is no folder /nonexistent",
        "--quiet --verbose, choose one",
        "--jop 3,           there is no option --jop; did you mean --jobs",
        "--jbos 3,          there is no option --jbos; did you mean --jobs?",
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
