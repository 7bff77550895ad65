package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.config.ListFault;
import io.synctools.model.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OptionNamesTest {
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"");
    private static final Pattern COMMAND_LINE =
            Pattern.compile("(?:^|.* |.*(?<!\\bvar)\\()--[a-z][a-z-]*(?:[ ,;:)].*|$)|.*\\./sync.*");

    @Test
    void optionsOfTheLibraryAreWrittenAsOptionsOfTheCommandLine() {
        assertEquals(
                "run again later, or give --wait a longer time",
                OptionNames.written("run again later, or give the option \"wait\" a longer time"));
        assertEquals(
                "name it by --plain-http 10.0.0.1:5000; or --registry quay.io=$1",
                OptionNames.written(
                        "name it by the option \"plain-http.10.0.0.1:5000\"; or option \"registry.quay.io=$1\""));
        assertEquals("there is no option of that kind", OptionNames.written("there is no option of that kind"));
        Place place = new Place("m.json", 1, 2);
        assertEquals(
                new ListFault(place, true, "give it as --datasets"),
                OptionNames.written(new ListFault(place, true, "give it as the option \"datasets\"")));
    }

    /** Whoever embeds the library has no command line; what is handed to other programs stands alone in its literal. */
    @Test
    void theLibraryItselfNamesNoOptionOfACommandLine() throws IOException {
        List<String> found = new ArrayList<>();
        for (String module : List.of("sync-core", "sync-modelscope", "sync-huggingface", "sync-skopeo")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    Matcher literal = LITERAL.matcher(Files.readString(file));
                    while (literal.find()) {
                        String text = literal.group(1);
                        if (!text.matches("--[a-z-]*")
                                && COMMAND_LINE.matcher(text).matches()) {
                            found.add(file + ": " + text);
                        }
                    }
                }
            }
        }
        assertEquals(List.of(), found);
    }
}
