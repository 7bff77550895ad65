package io.synctools.modelscope;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelScopeOptionsTest {

    private static List<String> endpoints(Map<String, String> environment) {
        return ModelScopeAccess.of(RunContext.of(
                        SyncOptions.builder().environment(environment).build()))
                .sites()
                .stream()
                .flatMap(site -> site.all().stream())
                .map(Object::toString)
                .toList();
    }

    @Test
    void withoutVariablesTheChineseSiteIsAskedAndThenTheOther() {
        List<String> both = List.of("https://www.modelscope.cn/", "https://www.modelscope.ai/");
        assertEquals(both, endpoints(Map.of()));
        assertEquals(both, endpoints(Map.of("MODELSCOPE_PREFER_AI_SITE", "false")));
        assertEquals(
                List.of("https://www.modelscope.ai/", "https://www.modelscope.cn/"),
                endpoints(Map.of("MODELSCOPE_PREFER_AI_SITE", "True")));
    }

    @Test
    void domainIsReachedByHttpsAndEndpointWins() {
        assertEquals(
                List.of("https://hub.example:8443/", "https://other.example/"),
                endpoints(Map.of("MODELSCOPE_DOMAIN", "hub.example:8443, other.example")));
        assertEquals(
                List.of("http://127.0.0.1:9/x/"),
                endpoints(Map.of("MODELSCOPE_DOMAIN", "hub.example", "MODELSCOPE_ENDPOINT", "http://127.0.0.1:9/x/")));
    }

    @Test
    void anEndpointThatIsNoAddressIsNamed() {
        for (String bad : List.of("www.modelscope.cn", "ftp://x", "https://", ",", "https://a?b=c")) {
            IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class, () -> endpoints(Map.of("MODELSCOPE_ENDPOINT", bad)), bad);
            assertTrue(String.valueOf(refused.getMessage()).contains("MODELSCOPE_ENDPOINT"), bad);
        }
    }

    @Test
    void aTokenTravelsInPlainTextToLoopbackOnly() {
        for (String fine : List.of("http://127.0.0.1:1", "http://localhost", "http://[::1]:1", "https://hub.example")) {
            RunContext context = RunContext.of(SyncOptions.builder()
                    .environment(Map.of("MODELSCOPE_ENDPOINT", fine, "MODELSCOPE_API_TOKEN", "t"))
                    .build());
            assertEquals(Optional.of("t"), ModelScopeAccess.of(context).token(), fine);
        }
        for (String bad : List.of("http://hub.example", "https://hub.example,http://10.0.0.1")) {
            RunContext context = RunContext.of(SyncOptions.builder()
                    .environment(Map.of("MODELSCOPE_ENDPOINT", bad, "MODELSCOPE_API_TOKEN", "t0p"))
                    .build());
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> ModelScopeAccess.of(context), bad);
            assertTrue(String.valueOf(refused.getMessage()).contains("MODELSCOPE_API_TOKEN"), bad);
            assertFalse(String.valueOf(refused.getMessage()).contains("t0p"), bad);
        }
    }

    @Test
    void aTokenIsNeverPrinted() {
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_API_TOKEN", "t0p-secret"))
                .build());
        assertFalse(ModelScopeAccess.of(context).toString().contains("t0p"));
        for (String bad : List.of("t0p secret", "t0p\nx", "t0p;x", "t0pö", "\"t0p\"")) {
            IllegalArgumentException refused = assertThrows(
                    IllegalArgumentException.class,
                    () -> ModelScopeAccess.of(RunContext.of(SyncOptions.builder()
                            .environment(Map.of("MODELSCOPE_API_TOKEN", bad))
                            .build())));
            assertFalse(String.valueOf(refused.getMessage()).contains("t0p"), bad);
        }
    }

    @Test
    void aTokenPastedWithALineEndIsTaken() {
        assertEquals(
                Optional.of("t"),
                ModelScopeAccess.of(RunContext.of(SyncOptions.builder()
                                .environment(Map.of("MODELSCOPE_API_TOKEN", "t\n"))
                                .build()))
                        .token());
        assertEquals(
                Optional.empty(),
                ModelScopeAccess.of(RunContext.of(SyncOptions.builder()
                                .environment(Map.of("MODELSCOPE_API_TOKEN", " "))
                                .build()))
                        .token());
    }

    @Test
    void theCacheRootIsOptionThenVariableThenHome(@TempDir Path user) {
        RunContext home = RunContext.of(SyncOptions.builder()
                .environment(Map.of("HOME", user.toString()))
                .build());
        assertEquals(user.resolve(".cache/modelscope/hub"), ModelScopeOptions.cache(home));
        RunContext both = RunContext.of(SyncOptions.builder()
                .environment(Map.of("HOME", user.toString(), "MODELSCOPE_CACHE", "/mnt/cache"))
                .build());
        assertEquals(Path.of("/mnt/cache"), ModelScopeOptions.cache(both));
        assertEquals(
                Path.of("/mnt/other"),
                ModelScopeOptions.cache(RunContext.of(both.options().toBuilder()
                        .set(ModelScopeOptions.CACHE, Path.of("/mnt/x/../other"))
                        .build())));
        assertEquals(
                user.resolve("c"),
                ModelScopeOptions.cache(RunContext.of(home.options().toBuilder()
                        .set(ModelScopeOptions.CACHE, ModelScopeOptions.CACHE.read(List.of("~/c"), home.environment()))
                        .build())));
        assertThrows(
                IllegalArgumentException.class, () -> ModelScopeOptions.cache(RunContext.of(SyncOptions.DEFAULTS)));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            value = {
                "\"/mnt/cache\", write /mnt/cache",
                "'/mnt/cache', write /mnt/cache",
                "\"/mnt/cache, write /mnt/cache",
                "file:///mnt/cache, write /mnt/cache",
                "file:/mnt/cache, write /mnt/cache",
                "\"file://localhost/mnt/cache\", write /mnt/cache",
                "| /mnt/cache|, write /mnt/cache"
            })
    void aRootThatIsNoPathIsRefusedWithTheOneThatWasMeant(String root, String advice) {
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_CACHE", root))
                .build());
        for (Executable asks : List.<Executable>of(
                () -> ModelScopeOptions.cache(context), () -> ModelScopeOptions.CACHE.read(List.of(root), Map.of()))) {
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, asks);

            assertTrue(String.valueOf(refused.getMessage()).endsWith(advice), refused.getMessage());
        }
    }
}
