package io.synctools.examples;

import io.synctools.examples.ListOptions.HuggingFaceLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The words of a command line, turned into values; what is wrong is said with what was meant. */
final class Parsing {
    private final CommandLine line;

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
        this.line = new CommandLine(spec)
                .setCommandName("./sync " + name)
                .setUsageHelpLongOptionsMaxWidth(40)
                .setUsageHelpWidth(110)
                .registerConverter(Path.class, new Converter<>(text -> Path.of(expand(text, home))))
                .registerConverter(ByteSize.class, new Converter<>(ByteSize::parse))
                .registerConverter(Rate.class, new Converter<>(Rate::parse))
                .registerConverter(Count.class, new Converter<>(Count::parse))
                .registerConverter(Duration.class, new Converter<>(Span::parse))
                .registerConverter(Portion.class, new Converter<>(Portion::parse))
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
            return parsed.isUsageHelpRequested();
        } catch (ParameterException e) {
            String meant = e instanceof UnmatchedArgumentException unmatched
                    ? unmatched.getSuggestions().stream().limit(3).collect(Collectors.joining(" or "))
                    : "";
            throw new IllegalArgumentException(
                    e.getMessage() + (meant.isEmpty() ? "" : "; did you mean " + meant + "?") + "\nSee "
                            + line.getCommandName() + " --help",
                    e);
        }
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

    private static String expand(String text, String home) {
        return text.equals("~") || text.startsWith("~/") ? home + text.substring(1) : text;
    }
}
