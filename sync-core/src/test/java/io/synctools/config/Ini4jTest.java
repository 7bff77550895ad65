package io.synctools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.ini4j.IniParser;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What of ini4j lies inside our jar. */
class Ini4jTest {
    /** CVE-2022-41404: {@code fetch} runs out of stack where a value refers to itself. What is not there cannot be reached. */
    @Test
    void nothingThatFetchesIsInside() throws Exception {
        String own = IniParser.class.getPackageName();
        List<String> names = names();
        assertTrue(names.contains("IniParser"), names::toString);
        assertTrue(names.size() < 20, names::toString);
        for (String name : names) {
            Class<?> type = Class.forName(own + "." + name, false, IniParser.class.getClassLoader());
            List<String> fetching = Arrays.stream(type.getDeclaredMethods())
                    .map(Method::getName)
                    .filter(method -> method.contains("fetch") || method.contains("resolve"))
                    .toList();
            assertEquals(List.of(), fetching, name);
        }
    }

    private static List<String> names() throws IOException {
        Path folder = Path.of("target/classes", IniParser.class.getPackageName().replace('.', '/'));
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString().replace(".class", ""))
                    .sorted()
                    .toList();
        }
    }
}
