package io.synctools.examples;

import io.synctools.examples.ListOptions.HuggingFaceLayout;
import io.synctools.internal.text.Nearest;
import io.synctools.internal.text.Rate;
import io.synctools.internal.text.Span;
import io.synctools.internal.text.WrittenPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The words of a command line, turned into values; what is wrong is said with what was meant. */
final class Parsing {
    private static final int PART = 4; // characters that say something

    private final CommandLine line;
    private final @Nullable LibraryOptions library;

    /**
     * For one command.
     *
     * @param command an object with picocli's annotations, which is filled
     * @param home what a leading {@code ~} means where the shell left it
     */
    Parsing(String name, Object command, String home) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(command);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("print this and exit")
                .build());
        this.library = command instanceof LibraryOptions.Taker taker ? taker.library() : null;
        if (library != null) {
            library.declare(spec);
        }
        this.line = new CommandLine(spec)
                .setCommandName("./sync " + name)
                .setUsageHelpLongOptionsMaxWidth(40)
                .setUsageHelpWidth(110)
                .registerConverter(Path.class, new Converter<>(text -> path(text, home)))
                .registerConverter(Port.class, new Converter<>(Port::parse))
                .registerConverter(Rate.class, new Converter<>(Rate::parse))
                .registerConverter(Count.class, new Converter<>(Count::parse))
                .registerConverter(Duration.class, new Converter<>(Span::parse))
                .registerConverter(ShardOption.class, new Converter<>(ShardOption::parse))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(HuggingFaceLayout.class, new Converter<>(Parsing::layout));
    }

    /**
     * Fills the command.
     *
     * @return whether the help was asked for instead
     * @throws IllegalArgumentException if the arguments are wrong
     */
    boolean wantsHelp(List<String> arguments) {
        try {
            ParseResult parsed = line.parseArgs(arguments.toArray(String[]::new));
            if (library != null && !parsed.isUsageHelpRequested()) {
                library.read(parsed);
            }
            return parsed.isUsageHelpRequested();
        } catch (ParameterException | IllegalArgumentException e) {
            String fault = e instanceof UnmatchedArgumentException unmatched ? unknown(unmatched) : e.getMessage();
            throw new IllegalArgumentException(fault + "\nSee " + line.getCommandName() + " --help", e);
        }
    }

    private String unknown(UnmatchedArgumentException e) {
        String word = e.getUnmatched().get(0);
        if (!word.startsWith("-")) {
            return "there is no use for \"" + word + "\"" + meant(e.getSuggestions(), 3);
        }
        String name = word.replaceFirst("=.*", "");
        String near = hint(name, spec().optionsMap().keySet());
        return "there is no option " + name + (near.isEmpty() ? meant(e.getSuggestions(), 3) : near);
    }

    /**
     * Which of the known words may be meant: those that begin with what was typed, or hold it; else the one that differs by
     * a few slips of a finger.
     *
     * @return {@code ; did you mean …?}, or nothing where none is near
     */
    static String hint(String typed, Collection<String> known) {
        String word = typed.toLowerCase(Locale.ROOT);
        List<String> longer = known.stream()
                .filter(name -> word.length() >= PART && name.contains(word))
                .sorted(Comparator.comparing(name -> !name.startsWith(word)))
                .toList();
        if (!longer.isEmpty()) {
            return meant(longer, 3);
        }
        return meant(Nearest.to(word, known).stream().toList(), 1);
    }

    private static String meant(List<String> suggestions, int most) {
        String words = suggestions.stream().limit(most).collect(Collectors.joining(" or "));
        return words.isEmpty() ? "" : "; did you mean " + words + "?";
    }

    /** The form that completes words in a shell. */
    CommandSpec spec() {
        return line.getCommandSpec();
    }

    /** Leaves out what the command would refuse; afterwards good for its help only. */
    Parsing only(Predicate<String> understood) {
        CommandSpec spec = line.getCommandSpec();
        for (ArgSpec each : List.copyOf(spec.args())) {
            String name = each instanceof OptionSpec option ? option.longestName() : each.paramLabel();
            if (!understood.test(name)) {
                spec.remove(each);
            }
        }
        return this;
    }

    /** What the command understands. */
    String help() {
        return line.getUsageMessage(CommandLine.Help.Ansi.OFF);
    }

    /** A class with a name, since the launcher's archive takes no lambdas of types as old as picocli's. */
    private record Converter<T>(Function<String, T> parse) implements ITypeConverter<T> {
        @Override
        public T convert(String text) {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    private static HuggingFaceLayout layout(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "local-dir" -> HuggingFaceLayout.LOCAL_DIR;
            case "cache" -> HuggingFaceLayout.CACHE;
            default -> throw new IllegalArgumentException("\"" + text + "\" is not a layout; write local-dir or cache");
        };
    }

    private static Path path(String text, String home) {
        WrittenPath.check("the path", text);
        return Path.of(text.equals("~") || text.startsWith("~/") ? home + text.substring(1) : text);
    }
}
