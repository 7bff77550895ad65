package io.synctools.s3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.synctools.Outcome;
import io.synctools.Platforms;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import io.synctools.testing.MemoryHub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a run put into a store, read back by the client that everybody has. */
@Timeout(120)
class BotoIT {
    private static final String NAME = "models/org/name";

    /** Follows the ref, and writes all that lies there below a folder. */
    private static final String READ = """
            import boto3, os, sys
            bucket, prefix, folder = sys.argv[1:]
            store = boto3.client("s3")
            revision = store.get_object(Bucket=bucket, Key=prefix + "refs/main")["Body"].read().decode()
            pages = store.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix + revision + "/")
            for page in pages:
                for found in page.get("Contents", []):
                    path = os.path.join(folder, found["Key"][len(prefix + revision) + 1:])
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    store.download_file(bucket, found["Key"], path)
            print(revision, end="")
            """;

    @TempDir
    Path folder;

    @Test
    void everyByteComesBackByBoto() throws Exception {
        String python = python();
        MemoryHub hub = new MemoryHub();
        Map<String, byte[]> files = Map.of(
                "config.json", "{}".getBytes(StandardCharsets.UTF_8),
                "model.safetensors", StoreRunTest.random(37 << 20),
                "tokenizer/中 文 +&=%.txt", "中".getBytes(StandardCharsets.UTF_8),
                "empty", new byte[0]);
        String pin = hub.commit(NAME, files);
        try (LocalStore store = new LocalStore()) {
            RunContext context = store.context(Map.of());
            try (Syncer syncer = Syncer.builder()
                    .context(context)
                    .platforms(Platforms.builder()
                            .source("hub", hub)
                            .target(new S3TargetProvider())
                            .build())
                    .build()) {
                SyncItem item = SyncItem.of(
                        ArtifactRef.of("hub", NAME), ArtifactRef.of("s3", LocalStore.BUCKET + "/a b/" + NAME));
                assertEquals(
                        Outcome.COPIED,
                        syncer.run(SyncPlan.of("a-flow", List.of(item)))
                                .items()
                                .get(0)
                                .outcome());
            }

            assertEquals(pin, boto(python, store, READ, LocalStore.BUCKET, "a b/" + NAME + "/", folder.toString()));
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            assertArrayEquals(file.getValue(), Files.readAllBytes(folder.resolve(file.getKey())), file.getKey());
        }
    }

    /** A Python that has it; CI does not skip tests. */
    private static String python() throws Exception {
        for (String python : List.of("/usr/bin/python3", "python3")) {
            try {
                if (new ProcessBuilder(python, "-c", "import boto3")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0) {
                    return python;
                }
            } catch (IOException e) {
                continue;
            }
        }
        String missing = "boto3 is not installed: apt-get install python3-boto3";
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(missing);
        }
        return abort(missing);
    }

    /** Boto of Debian 12 knows no variable for the endpoint. */
    private String boto(String python, LocalStore store, String program, String... arguments) throws Exception {
        Path script = folder.resolve("program.py");
        Files.writeString(
                script,
                program.replace(
                        "boto3.client(\"s3\")",
                        "boto3.client(\"s3\", endpoint_url=\"" + store.endpoint() + "\", region_name=\"us-east-1\")"));
        ArrayList<String> command = new ArrayList<>(List.of(python, script.toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out.txt");
        Path err = folder.resolve("err.txt");
        ProcessBuilder started =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        started.environment().putAll(store.environment());
        Process process = started.start();
        assertTrue(process.waitFor(100, TimeUnit.SECONDS), "boto did not end");
        assertEquals(0, process.exitValue(), () -> text(err));
        return text(out);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
