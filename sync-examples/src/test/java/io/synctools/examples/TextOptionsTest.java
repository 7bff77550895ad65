package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Platforms;
import io.synctools.huggingface.HuggingFaceCacheProvider;
import io.synctools.huggingface.HuggingFaceProvider;
import io.synctools.huggingface.LocalDirProvider;
import io.synctools.model.Option;
import io.synctools.model.SyncOptions;
import io.synctools.modelscope.ModelScopeCacheProvider;
import io.synctools.skopeo.RegistryTargetProvider;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A program that gives all our platforms options as text, each of them wrong. */
class TextOptionsTest {
    private static final Map<String, List<String>> WRONG = Map.of(
            "N", List.of("many", "1.5", "", "0x10", "-1", "99999999999", "10001"),
            "SIZE", List.of("16", "16M", "big", "", "0MiB", "-1MiB"),
            "RATE", List.of("fast", "200", "", "0MiB/s"),
            "DURATION", List.of("PT5M", "90", "soon", "", "-1s", "99999999d"),
            "", List.of("yes", "1", "TRUE", "on", ""),
            "DIR", List.of("", " ", "\"/quoted\"", "file:///address"),
            "FILE", List.of("", " ", "'/quoted'"),
            "1|2", List.of("0", "3", "both", "1.1", ""),
            "auto|off", List.of("on", "true", ""),
            "artifact|image", List.of("tar", "IMAGE", ""));

    private static final Map<String, List<String>> WRONG_BY_NAME = Map.of(
            "via", List.of("", "hub.example", "hub.example=proxy", "hub.example=ftp://p", "hub.example=https://u:p@p"),
            "plain-http", List.of("", "http://registry.example", "registry.example/path"),
            "registry", List.of("", "quay.io", "quay.io=", "quay.io=https://x", "quay.io=x/y", "=x"),
            "runner", List.of("", " "),
            "run-url", List.of("", " "),
            "skopeo", List.of("", " "));

    static List<Option<?>> all() {
        return Stream.of(
                        SyncOptions.ALL,
                        new ModelScopeCacheProvider().options(),
                        new HuggingFaceProvider().options(),
                        new HuggingFaceCacheProvider().options(),
                        new LocalDirProvider().options(),
                        new RegistryTargetProvider().options())
                .<Option<?>>flatMap(List::stream)
                .toList();
    }

    private static String refused(String name, String value) {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> Platforms.discover().options(Map.of(name, value), Map.of("HOME", "/home/ci")),
                () -> name + "=" + value);
        return String.valueOf(refused.getMessage());
    }

    @ParameterizedTest
    @MethodSource("all")
    void aMisspeltNameIsRefusedWithTheOneThatWasMeant(Option<?> option) {
        String name = option.name();
        String swapped = name.charAt(1) + name.substring(0, 1) + name.substring(2);
        String cut = name.substring(0, name.length() - 1);
        for (String misspelt : List.of(swapped, name + "s", cut, name.toUpperCase(Locale.ROOT))) {
            String message = refused(misspelt, "1");
            assertTrue(message.startsWith("there is no option \"" + misspelt + "\""), message);
            assertTrue(message.endsWith("; did you mean \"" + name + "\"?"), message);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aWrongValueIsRefusedWithTheOption(Option<?> option) {
        List<String> wrong = WRONG_BY_NAME.getOrDefault(option.name(), WRONG.getOrDefault(option.form(), List.of()));
        assertFalse(wrong.isEmpty(), "nothing is wrong for " + option);
        for (String value : wrong) {
            String message = refused(option.name(), value);
            assertTrue(message.startsWith(option + ": "), message);
            assertFalse(message.contains("u:p"), message);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void oneNameMeansOneOption(Option<?> option) {
        List<Option<?>> elsewhere = all().stream()
                .filter(other -> other != option && other.name().equals(option.name()))
                .toList();
        assertEquals(List.of(), elsewhere, "one name, one option");
        assertFalse(option.meaning().isBlank(), option::name);
    }
}
