package io.synctools.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of the documentation, and the code blocks that it shows. */
record Guide(String name, String text) {
    static final Path ROOT = Path.of("..");
    /** For developers, and a record of measurements. */
    private static final Set<String> NOT_FOLLOWED = Set.of("CONTRIBUTING.md", "docs/benchmarks.md");

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");

    /** A code block: what language it says it is in, and its lines. */
    record Block(String language, String text) {}

    /** All pages for people, by their path from the repository's top. */
    static List<String> names() throws IOException {
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of("README.md", "README.zh-CN.md", "CONTRIBUTING.md"),
                            pages.map(page -> "docs/" + page.getFileName())
                                    .filter(page -> page.endsWith(".md"))
                                    .sorted())
                    .toList();
        }
    }

    /** Those in English that people follow command by command. */
    static List<String> followed() throws IOException {
        return names().stream()
                .filter(name -> !name.endsWith(".zh-CN.md") && !NOT_FOLLOWED.contains(name))
                .toList();
    }

    static Guide read(String name) throws IOException {
        return new Guide(name, Files.readString(ROOT.resolve(name)));
    }

    /** The same page in Chinese, if there is one. */
    Optional<Guide> twin() throws IOException {
        String twin = name.replace(".md", ".zh-CN.md");
        return Files.exists(ROOT.resolve(twin)) ? Optional.of(read(twin)) : Optional.empty();
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }
}
