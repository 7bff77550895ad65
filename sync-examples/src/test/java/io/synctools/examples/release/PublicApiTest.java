package io.synctools.examples.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No change of the public interface goes unseen: what each module offers stands in its {@code api.txt}. */
class PublicApiTest {
    private static final String REWRITE = "mvn -q -Dfast -pl sync-examples -am test -Dtest=PublicApiTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dapi.write=true";
    private static final List<String> MODULES =
            List.of("sync-core", "sync-modelscope", "sync-huggingface", "sync-skopeo", "sync-examples/s3");
    private static final Pattern TYPE = Pattern.compile("\\b((?:[a-z][a-z0-9]*\\.)+)[A-Z]\\w*");

    private static PublicApi api(String module) throws IOException {
        return PublicApi.of(Path.of("..", module, "target/classes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync-core", "sync-modelscope", "sync-huggingface", "sync-skopeo", "sync-examples/s3"})
    void itIsAsItWas(String module) throws IOException {
        Path kept = Path.of("..", module, "api.txt");
        String now = api(module).text();
        if (Boolean.getBoolean("api.write")) {
            Files.writeString(kept, now);
        }
        assertEquals(
                Files.readString(kept),
                now,
                () -> "the public interface of " + module + " has changed; if that is meant, run this, look at the"
                        + " difference, and tell it in CHANGELOG.md:\n" + REWRITE);
    }

    @Test
    void itNamesNoTypesOfOthers() throws IOException {
        Set<String> known = new TreeSet<>();
        known.add("io.micrometer.core.instrument"); // io.synctools.metrics is for programs that have it
        for (String module : MODULES) {
            known.addAll(api(module).packages());
        }
        for (String module : MODULES) {
            TYPE.matcher(api(module).text()).results().forEach(type -> {
                String name = type.group(1).substring(0, type.group(1).length() - 1);
                assertTrue(
                        name.startsWith("java.") || name.equals("javax.net.ssl") || known.contains(name),
                        () -> module + " shows " + type.group() + ", which its users may not have");
            });
        }
    }
}
