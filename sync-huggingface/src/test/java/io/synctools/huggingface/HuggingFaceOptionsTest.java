package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceOptionsTest {
    @TempDir
    Path home;

    private RunContext context(String... variables) {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", home.toString()));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return RunContext.of(SyncOptions.builder().environment(environment).build());
    }

    private HuggingFaceAccess options(String... variables) {
        return HuggingFaceAccess.of(context(variables));
    }

    @Test
    void withoutAnythingItIsThePublicHubWithoutAToken() {
        assertEquals(List.of(URI.create("https://huggingface.co/")), options().endpoints());
        assertEquals(Optional.empty(), options().token());
    }

    @Test
    void severalEndpointsKeepTheirOrder() {
        assertEquals(
                List.of(URI.create("https://a.example/"), URI.create("http://localhost:8080/hf/")),
                options("HF_ENDPOINT", "https://a.example/, http://localhost:8080/hf")
                        .endpoints());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ftp://a.example", "a.example", "https://user:secret1@a.example", "https://a.example?x=secret1"})
    void anUnusableEndpointIsRefusedWithoutRepeatingSecrets(String endpoint) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> options("HF_ENDPOINT", endpoint));

        assertTrue(e.getMessage().contains("HF_ENDPOINT"), e.getMessage());
        assertFalse(e.getMessage().contains("secret1"), e.getMessage());
    }

    @Test
    void theTokenIsFoundWhereTheHubsClientsFindIt() throws IOException {
        Path hubHome = Files.createDirectories(home.resolve(".cache/huggingface"));
        Files.writeString(hubHome.resolve("token"), "  hf_file\r\n");
        Path other = Files.writeString(home.resolve("other"), "hf_other");

        assertEquals("hf_file", options().token().orElseThrow());
        assertEquals(
                "hf_other", options("HF_TOKEN_PATH", other.toString()).token().orElseThrow());
        assertEquals(
                "hf_old", options("HUGGING_FACE_HUB_TOKEN", "hf_old").token().orElseThrow());
        assertEquals(
                "hf_new",
                options("HF_TOKEN", "hf_new\n", "HUGGING_FACE_HUB_TOKEN", "hf_old")
                        .token()
                        .orElseThrow());
        assertEquals("hf_file", options("HF_TOKEN", " ").token().orElseThrow());
        assertEquals(
                Optional.empty(),
                options("HF_HOME", home.resolve("empty").toString()).token());
        assertEquals(
                Optional.empty(),
                options("HF_HUB_DISABLE_IMPLICIT_TOKEN", "On", "HF_TOKEN", "hf_x")
                        .token());
    }

    @Test
    void theTokenFileMovesWithTheFoldersOfTheHubsClients() throws IOException {
        Path caches = Files.createDirectories(home.resolve("caches/huggingface"));
        Files.writeString(caches.resolve("token"), "hf_xdg");
        Path hubHome = Files.createDirectories(home.resolve("hf"));
        Files.writeString(hubHome.resolve("token"), "hf_home");

        String xdg = home.resolve("caches").toString();
        assertEquals("hf_xdg", options("XDG_CACHE_HOME", xdg).token().orElseThrow());
        assertEquals(
                "hf_home",
                options("XDG_CACHE_HOME", xdg, "HF_HOME", hubHome.toString())
                        .token()
                        .orElseThrow());
    }

    @Test
    void aTokenFileThatIsNamedHasToBeThere() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> options("HF_TOKEN_PATH", home.resolve("gone").toString()));

        assertTrue(e.getMessage().contains("HF_TOKEN_PATH names " + home.resolve("gone")), e.getMessage());
        assertEquals(
                "hf_x",
                options("HF_TOKEN_PATH", home.resolve("gone").toString(), "HF_TOKEN", "hf_x")
                        .token()
                        .orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf_a b", "\"hf_a\"", "'hf_a'"})
    void aTokenThatCouldNotTravelInAHeaderIsRefusedWithoutRepeatingIt(String token) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> options("HF_TOKEN", token));

        assertFalse(e.getMessage().contains("hf_a"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:1,true",
        "http://127.0.0.1:1,true",
        "http://[::1]:1,true",
        "https://hub.example,true",
        "http://hub.example,false",
        "http://10.0.0.1,false",
        "http://127.0.0.1.example.com,false"
    })
    void aTokenTravelsOverPlainHttpToLoopbackOnly(String endpoint, boolean allowed) {
        assertEquals(
                URI.create(endpoint + "/"),
                options("HF_ENDPOINT", endpoint).endpoints().get(0));
        if (allowed) {
            assertTrue(
                    options("HF_ENDPOINT", endpoint, "HF_TOKEN", "hf_x").token().isPresent());
        } else {
            assertThrows(IllegalArgumentException.class, () -> options("HF_ENDPOINT", endpoint, "HF_TOKEN", "hf_x"));
        }
    }

    @Test
    void theTokenIsNeverPrinted() {
        HuggingFaceAccess options = options("HF_TOKEN", "hf_secret");

        assertFalse(options.toString().contains("hf_secret"), options.toString());
    }

    @Test
    void theCacheIsFoundWhereTheHubsClientsFindIt() {
        assertEquals(
                home.resolve(".cache/huggingface/hub"),
                HomeFolders.of(context()).cache());
        assertEquals(
                Path.of("/hf/hub"), HomeFolders.of(context("HF_HOME", "/hf")).cache());
        assertEquals(
                home.resolve("x"),
                HomeFolders.of(context("HF_HUB_CACHE", "~/x", "HF_HOME", "/hf")).cache());
        assertEquals(
                home.resolve("y/$z"),
                HomeFolders.of(context("HF_HUB_CACHE", "${HOME}/y/$z")).cache());
        assertEquals(
                Path.of("/given"),
                HomeFolders.of(RunContext.of(context("HF_HUB_CACHE", "/hf").options().toBuilder()
                                .set(HuggingFaceOptions.CACHE, Path.of("/given"))
                                .build()))
                        .cache());
        assertEquals(
                Path.of("/xdg/huggingface/hub"),
                HomeFolders.of(context("XDG_CACHE_HOME", "/xdg")).cache());
        assertEquals(
                Path.of("/hf/hub"),
                HomeFolders.of(context("XDG_CACHE_HOME", "/xdg", "HF_HOME", "/hf"))
                        .cache());
        assertEquals(
                Path.of("/old"),
                HomeFolders.of(context("HUGGINGFACE_HUB_CACHE", "/old", "HF_HOME", "/hf", "XDG_CACHE_HOME", "/xdg"))
                        .cache());
        assertEquals(
                Path.of("/new"),
                HomeFolders.of(context("HUGGINGFACE_HUB_CACHE", "/old", "HF_HUB_CACHE", "/new"))
                        .cache());
    }

    @ParameterizedTest
    @ValueSource(strings = {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"})
    void aVariableThatHoldsNoPathIsRefusedWithTheOneThatWasMeant(String variable) {
        for (String value : List.of("\"/data/hf\"", "file:///data/hf")) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> HomeFolders.of(context(variable, value))
                            .cache());

            assertTrue(e.getMessage().startsWith(variable + " is"), e.getMessage());
            assertTrue(e.getMessage().endsWith("write /data/hf"), e.getMessage());
        }
    }

    @Test
    void localDirectoriesAreBelowTheCacheFolderOfTheUserUnlessSaidOtherwise() {
        assertEquals(home.resolve(".cache"), HomeFolders.of(context()).localRoot());
        assertEquals(
                home.resolve("r"),
                HomeFolders.of(RunContext.of(context().options().toBuilder()
                                .set(
                                        HuggingFaceOptions.LOCAL_ROOT,
                                        HuggingFaceOptions.LOCAL_ROOT.read(
                                                List.of("~/r"), context().environment()))
                                .build()))
                        .localRoot());
    }

    @Test
    void withoutAHomeTheMessageSaysWhatToGive() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> HomeFolders.of(RunContext.of(SyncOptions.DEFAULTS))
                        .cache());

        assertTrue(e.getMessage().contains("option \"huggingface-cache\""), e.getMessage());
    }

    @Test
    void thePlatformIsFoundByItsSchemes() {
        assertEquals("huggingface", new HuggingFaceProvider().scheme());
        assertTrue(java.util.ServiceLoader.load(io.synctools.spi.SourceProvider.class).stream()
                .anyMatch(found -> found.type() == HuggingFaceProvider.class));
        assertEquals(
                List.of("huggingface-cache", "local-dir"),
                java.util.ServiceLoader.load(io.synctools.spi.TargetProvider.class).stream()
                        .map(found -> found.get().scheme())
                        .sorted()
                        .toList());
    }
}
