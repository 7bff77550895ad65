package io.synctools.examples;

import io.synctools.model.Option;
import io.synctools.model.SyncOptions;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options of the library that a command takes: shown in its help as the library describes them, and read by the library.
 * Used by one thread.
 */
final class LibraryOptions {
    private final Map<String, String> environment;
    private final List<Option<?>> known;
    private final Map<Option<?>, List<String>> written = new LinkedHashMap<>();
    private SyncOptions options;

    /** A command that takes some. */
    interface Taker {
        LibraryOptions library();
    }

    /** @param environment what {@code ~} and variables in paths mean, and what platforms may read */
    LibraryOptions(Map<String, String> environment, List<Option<?>> known) {
        this.environment = environment;
        this.known = known;
        this.options = SyncOptions.builder().environment(environment).build();
    }

    /** What was given, beside the defaults. */
    SyncOptions options() {
        return options;
    }

    /** The value of an option that was given; its default does not count. */
    boolean has(Option<?> option) {
        return written.containsKey(option);
    }

    void declare(CommandSpec spec) {
        for (Option<?> option : known) {
            boolean flag = option.form().isEmpty();
            OptionSpec.Builder declared = OptionSpec.builder(dashed(option))
                    .paramLabel(option.form())
                    .arity(flag ? "0" : "1")
                    .description(option.meaning()
                            + (option.repeatable() ? "; repeatable" : "")
                            + (option.defaultText().isEmpty() ? "" : " (default: " + option.defaultText() + ")"));
            Class<?> words =
                    List.of("DIR", "FILE").contains(option.form()) ? Path.class : String.class; // for completion
            if (option.repeatable()) {
                declared.type(List.class).auxiliaryTypes(words);
            } else {
                declared.type(flag ? boolean.class : words);
            }
            spec.addOption(declared.build());
        }
    }

    /**
     * Takes what was given.
     *
     * @throws IllegalArgumentException if a value has a wrong form, or is out of range
     */
    void read(ParseResult parsed) {
        SyncOptions.Builder builder = options.toBuilder();
        for (Option<?> option : known) {
            Optional.ofNullable(parsed.matchedOption(dashed(option))).ifPresent(matched -> {
                List<String> texts = option.form().isEmpty() ? List.of("true") : matched.stringValues();
                written.put(option, texts);
                read(builder, option, texts);
            });
        }
        options = builder.build();
    }

    private <T> void read(SyncOptions.Builder builder, Option<T> option, List<String> texts) {
        try {
            builder.set(option, option.read(texts, environment));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Invalid value for option '" + dashed(option) + "': " + e.getMessage(), e);
        }
    }

    private static String dashed(Option<?> option) {
        return "--" + option.name();
    }
}
