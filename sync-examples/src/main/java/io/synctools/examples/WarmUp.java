package io.synctools.examples;

import io.synctools.file.Disk;
import io.synctools.serve.RunningHub;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs small flows and a lint silently, and serves what they mirrored, so that the launcher can archive the classes that real ones need. */
final class WarmUp {
    private final Shell shell;

    WarmUp(Shell shell) {
        this.shell = shell;
    }

    int run() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("sync-warm-up");
        List<HubFile> files = List.of(HubFile.of("config.json", "{}"), HubFile.random("model.safetensors", 1000, 1));
        List<HubRepository> repositories =
                List.of(HubRepository.of("models/a/b", files), HubRepository.of("datasets/a/b", files));
        try (Hub hub = Hub.start(Hub.Options.PLAIN, repositories)) {
            Shell inside = shell.with(Map.of(
                    "HOME", folder.toString(),
                    "MODELSCOPE_ENDPOINT", hub.origin().toString(),
                    "HF_ENDPOINT", hub.origin().toString()));
            String ini = Files.writeString(folder.resolve("list.ini"), "a/b\n").toString();
            String json = Files.writeString(
                            folder.resolve("list.json"),
                            "[{\"platform\": \"huggingface\", \"organization\": \"a\", \"model_name\": \"b\"}]")
                    .toString();
            String report = folder.resolve("report.json").toString();
            int worst = new LintTool(inside).run(List.of(ini, json));
            for (int round = 0; round < 2; round++) { // all to fetch, then nothing to do
                worst = Math.max(
                        worst, flow(inside, "vllm-guiyang003", "--models", ini, "--datasets", ini, "--report", report));
                worst = Math.max(worst, flow(inside, "hk001-models", "--models", json));
                worst = Math.max(
                        worst, flow(inside, "hk001-models", "--models", json, "--huggingface-layout", "cache"));
            }
            return Math.max(worst, mirrorOfTheMirror(inside, folder, json));
        } finally {
            new Disk().deleteTree(folder);
        }
    }

    private static int mirrorOfTheMirror(Shell shell, Path folder, String list) throws IOException {
        try (RunningHub hub = new ServeTool(shell).server().start(0);
                InputStream page = hub.uri().toURL().openStream()) {
            page.readAllBytes();
            Shell second = shell.with(Map.of(
                    "HOME", folder.resolve("second").toString(),
                    "MODELSCOPE_ENDPOINT", hub.uri().toString(),
                    "HF_ENDPOINT", hub.uri().toString()));
            return flow(second, "hk001-models", "--models", list, "--huggingface-layout", "cache");
        }
    }

    private static int flow(Shell shell, String name, String... arguments) throws IOException {
        return FlowRun.of(shell, name).run(List.of(arguments));
    }
}
