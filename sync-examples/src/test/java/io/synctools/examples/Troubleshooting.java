package io.synctools.examples;

import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.report.ItemReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The messages that the page of troubleshooting shows, by kind; what differs from message to message stands as {@code …}. */
public final class Troubleshooting {
    private static final Pattern SECTION = Pattern.compile("(?ms)^### `([A-Z_]+)`$(.*?)(?=^#|\\z)");
    private static final Pattern ENTRY = Pattern.compile("(?m)^- `([^`]+)`");

    private static final Troubleshooting PAGE = read("docs/troubleshooting.md");

    private final Map<String, List<String>> shown;

    private Troubleshooting(Map<String, List<String>> shown) {
        this.shown = shown;
    }

    static Troubleshooting read(String page) {
        Map<String, List<String>> shown = new LinkedHashMap<>();
        String text;
        try {
            text = Guide.read(page).text();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Matcher section = SECTION.matcher(text);
        while (section.find()) {
            shown.put(
                    section.group(1),
                    ENTRY.matcher(section.group(2))
                            .results()
                            .map(entry -> entry.group(1))
                            .toList());
        }
        return new Troubleshooting(shown);
    }

    /** By kind. */
    Map<String, List<String>> shown() {
        return shown;
    }

    /** Whether somebody who searches the page for these words finds them under that kind. */
    boolean shows(String kind, String words) {
        return shown.getOrDefault(kind, List.of()).stream().anyMatch(entry -> entry.contains(words));
    }

    /** What of a report, as it was printed or written, the page does not show; empty where all is there. */
    public static List<String> unexplained(SyncReport.Item item) {
        return item.failures().stream()
                .filter(failure -> !PAGE.explains(ItemReason.of(item, failure), failure))
                .map(failure -> ItemReason.of(item, failure) + ": " + failure.message())
                .toList();
    }

    private boolean explains(String kind, Failure failure) {
        return shown.getOrDefault(kind, List.of()).stream().anyMatch(entry -> pattern(entry)
                .matcher(OptionNames.written(failure.message()))
                .find());
    }

    private static Pattern pattern(String entry) {
        return Pattern.compile(
                Stream.of(entry.split("…")).map(Pattern::quote).collect(Collectors.joining(".*")), Pattern.DOTALL);
    }
}
