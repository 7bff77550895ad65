package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.huggingface.TreePage.UnknownFormException;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.testing.Mutations;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import okhttp3.HttpUrl;

/** Whatever a hub answers and whatever it calls things, what comes of it is safe to use or a refusal with a reason. */
class HubResponseFuzzTest {
    private static final String ID = "\"oid\":\"" + "a".repeat(40) + "\"";
    private static final String HASH = "b".repeat(64);
    private static final List<String> WORDS = List.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "null",
            "-1",
            "1e999",
            "99999999999999999999",
            "\"lfs\":{",
            "\"oid\":",
            "\"size\":",
            "\"path\":",
            "\"type\":\"file\"",
            "\"type\":\"directory\"",
            "\"xetHash\":",
            "\"\\ud800\"",
            "*",
            HASH);

    @Provide
    Arbitrary<byte[]> pages() {
        List<String> examples = List.of(
                "[]",
                "[{\"type\":\"directory\",\"path\":\"sub\"," + ID + "}]",
                "[{\"type\":\"file\",\"path\":\"a/b.json\",\"size\":7," + ID + ",\"lastCommit\":{\"id\":[1,{}]}},"
                        + "{\"type\":\"file\",\"path\":\"w.bin\",\"size\":9," + ID + ",\"lfs\":{\"oid\":\"" + HASH
                        + "\",\"size\":9,\"pointerSize\":130},\"xetHash\":\"" + HASH + "\"}]");
        return Mutations.of(
                examples.stream()
                        .map(example -> example.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                WORDS);
    }

    @Property(seed = "20260101")
    void aPageIsAListOfWhatCanBeVerifiedOrRefused(@ForAll("pages") byte[] page) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try {
            TreePage.read(new ByteArrayInputStream(page), entries);
        } catch (IOException | UnknownFormException e) {
            assertFalse(String.valueOf(e.getMessage()).isBlank(), "a failure without a reason");
            return;
        }
        for (Entry entry : entries) {
            assertTrue(entry.size() >= 0, entry.toString());
            assertFalse(entry.path().isEmpty());
            assertTrue(entry.checksum().orElseThrow().hex().matches("[0-9a-f]{40}|[0-9a-f]{64}"));
            GitFacts facts = GitFacts.of(entry).orElseThrow();
            assertTrue(facts.blobId().matches("[0-9a-f]{40}"), facts.toString());
            assertTrue(facts.xetHash() == null || facts.xetHash().matches("[0-9a-f]{64}"), facts.toString());
        }
        // Lone surrogates cannot be written; the name guard refuses them before.
        if (entries.stream()
                .allMatch(entry -> StandardCharsets.UTF_8.newEncoder().canEncode(entry.path()))) {
            TreeCache.write(new Listing(entries, List.of(), Map.of()), new ByteArrayOutputStream());
        }
    }

    @Provide
    Arbitrary<byte[]> names() {
        return Mutations.of(
                List.of("acme/tiny", "main", "refs/pr/1", "a/b c/ü#?%.json", "..", "v1.0").stream()
                        .map(name -> name.getBytes(StandardCharsets.UTF_8))
                        .toList(),
                List.of("/", ".", "..", "//", "%2e", "%", "?", "#", "\\", ":", "@", " ", "\u0000", "\n", "--", ".git"));
    }

    @Property(seed = "20260101")
    void aNameLeadsToItsOwnAddressOrIsRefused(@ForAll("names") byte[] bytes) {
        String name = new String(bytes, StandardCharsets.UTF_8);
        HubEndpoint hub = new HubEndpoint(HttpUrl.get("https://hub.example/mirror/"));
        RepoId repo = new RepoId("models", "acme/tiny");
        try {
            HttpUrl url = hub.file(repo, "c".repeat(40), name);
            assertTrue(hub.owns(url), url.toString());
            assertEquals(null, url.encodedQuery());
            String prefix = "/mirror/acme/tiny/resolve/" + "c".repeat(40) + "/";
            assertTrue(url.encodedPath().startsWith(prefix), url.toString());
        } catch (SyncException e) {
            assertFalse(String.valueOf(e.getMessage()).isBlank());
        }
    }

    @Property(seed = "20260101")
    void aRepositoryIsOneFolderOfTheCacheOrRefused(@ForAll("names") byte[] bytes) {
        String name = new String(bytes, StandardCharsets.UTF_8);
        try {
            String folder =
                    RepoId.of(ArtifactRef.of("huggingface", "models/" + name)).folder();
            assertTrue(folder.matches("models--[\\w.-]+"), folder);
            assertEquals(name.contains("/") ? 3 : 2, folder.split("--").length, folder);
        } catch (SyncException e) {
            assertFalse(String.valueOf(e.getMessage()).isBlank());
        }
    }

    @Property(seed = "20260101")
    void aRevisionStaysBelowTheRefsOrIsRefused(@ForAll("names") byte[] bytes) {
        String name = new String(bytes, StandardCharsets.UTF_8);
        try {
            String revision = RepoId.revision(ArtifactRef.of("huggingface", "models/acme/tiny", name));
            java.nio.file.Path refs = java.nio.file.Path.of("/cache/refs");
            java.nio.file.Path ref = refs.resolve(revision);
            assertTrue(ref.startsWith(refs) && ref.equals(ref.normalize()) && !ref.equals(refs), revision);
        } catch (SyncException e) {
            assertFalse(String.valueOf(e.getMessage()).isBlank());
        }
    }
}
