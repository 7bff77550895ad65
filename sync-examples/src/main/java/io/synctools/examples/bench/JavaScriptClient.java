package io.synctools.examples.bench;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hugging Face's own JavaScript client. It checks no hash.
 *
 * @param folder where npm put it
 */
record JavaScriptClient(Path folder) {
    /** The version that the tests use as well. */
    static final String VERSION = "2.17.5";

    static final String NAME = "hub.js";

    private static final String FETCH = """
            import { snapshotDownload } from "@huggingface/hub";
            const [hubUrl, cacheDir, ...names] = process.argv.slice(2);
            for (const name of names) {
              await snapshotDownload({ repo: { type: "model", name }, cacheDir, hubUrl });
            }
            """;
    private static final String READ = """
            import { createWriteStream } from "node:fs";
            import { Readable } from "node:stream";
            import { pipeline } from "node:stream/promises";
            import { downloadFile } from "@huggingface/hub";
            const [hubUrl, into, name] = process.argv.slice(2);
            const blob = await downloadFile({ repo: { type: "model", name }, path: "FILE", hubUrl, xet: true });
            await pipeline(Readable.fromWeb(blob.stream()), createWriteStream(into));
            """;
    private static final String LIST = """
            import { listFiles } from "@huggingface/hub";
            const [hubUrl, , name] = process.argv.slice(2);
            let count = 0;
            for await (const file of listFiles({ repo: { type: "model", name }, recursive: true, hubUrl })) {
              count += file.type === "file" ? 1 : 0;
            }
            console.log(count);
            """;

    /** Installs it from npm unless it is there; empty where that fails. */
    static Optional<JavaScriptClient> install(Path folder) throws IOException, InterruptedException {
        Path there = folder.resolve("node_modules/@huggingface/hub/package.json");
        if (!Files.exists(there) || !Files.readString(there).contains("\"version\": \"" + VERSION + "\"")) {
            Programs.printed(List.of(
                    "npm",
                    "install",
                    "--prefix",
                    folder.toString(),
                    "--no-save",
                    "--omit=optional",
                    "--ignore-scripts",
                    "--no-audit",
                    "--no-fund",
                    "@huggingface/hub@" + VERSION));
        }
        return Files.exists(there) ? Optional.of(new JavaScriptClient(folder)) : Optional.empty();
    }

    /** Fetches repositories into a cache, one after the other. */
    Contender fetching(Hub hub, List<HubRepository> repositories) {
        return contender(
                "fetch.mjs",
                FETCH,
                hub,
                repositories,
                (into, printed) -> Checking.huggingFaceCache(repositories, into.resolve("cache")));
    }

    /** Reads a file from the chunk store into a file. */
    Contender reading(Hub hub, HubRepository repository, HubFile file) {
        String text = READ.replace("FILE", file.path());
        return contender("read.mjs", text, hub, List.of(repository), (into, printed) -> {
            HubFile read = HubFile.of(file.path(), into.resolve("cache"));
            if (!read.sha256().equals(file.sha256())) {
                throw new IOException("hub.js read other bytes");
            }
        });
    }

    /** Lists a repository and says how many files it has. */
    Contender listing(Hub hub, HubRepository repository) {
        return contender("list.mjs", LIST, hub, List.of(repository), (into, printed) -> {
            if (!printed.trim().equals(String.valueOf(repository.files().size()))) {
                throw new IOException("hub.js listed " + printed.trim() + " files");
            }
        });
    }

    private Contender contender(
            String file, String text, Hub hub, List<HubRepository> repositories, Contender.Check check) {
        Contender.Work work = new Contender.Work() {
            @Override
            public List<String> command(Path into) throws IOException {
                Path script = Files.writeString(folder.resolve(file), text);
                List<String> command = new ArrayList<>(List.of(
                        "node",
                        script.toString(),
                        hub.origin().toString(),
                        into.resolve("cache").toString()));
                repositories.forEach(repository -> command.add(repository.nameOnly()));
                return command;
            }

            @Override
            public void check(Path into, String printed) throws IOException {
                check.check(into, printed);
            }
        };
        return Contender.peer(NAME, Contender.OURS_FROM_HUGGING_FACE, work);
    }
}
