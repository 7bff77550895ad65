package io.synctools.model;

import io.synctools.internal.text.ByteSize;
import io.synctools.internal.text.Rate;
import io.synctools.internal.text.Span;
import io.synctools.internal.text.WrittenPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One option of a run: its name, what it means, the form and range of its value, and its default.
 *
 * <p>Immutable and thread-safe. An option is a constant: of the core in {@link SyncOptions}, of a platform in a class of its
 * own, whose provider lists it. Whoever uses a value asks {@link SyncOptions#get} or {@link SyncOptions#find} with the
 * constant; the name serves those who write text.
 *
 * @param <T> the type of its values, immutable
 */
public final class Option<T> {
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final String name;
    private final String form;
    private final String meaning;
    private final BiFunction<List<String>, Map<String, String>, T> reader;
    private final UnaryOperator<T> range;

    /** As a person writes it; empty where there is none, or it is nothing. */
    private final String written;

    private final @Nullable T byDefault;
    private final boolean repeatable;

    private Option(
            HelpText words,
            BiFunction<List<String>, Map<String, String>, T> reader,
            UnaryOperator<T> range,
            @Nullable T byDefault,
            String written) {
        if (!words.name.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException(
                    "an option's name is made of small letters and dashes, not " + words.name);
        }
        this.name = words.name;
        this.form = words.form;
        this.meaning = words.meaning;
        this.reader = reader;
        this.range = range;
        this.byDefault = byDefault;
        this.written = written;
        this.repeatable = byDefault instanceof Iterable || byDefault instanceof Map;
    }

    /** What people see of an option. */
    private record HelpText(String name, String form, String meaning) {}

    private static <T> Option<T> single(
            HelpText words, Function<String, T> reader, UnaryOperator<T> range, @Nullable T byDefault, String written) {
        return new Option<>(words, (texts, environment) -> reader.apply(texts.get(0)), range, byDefault, written);
    }

    /** A whole number from {@code least} to {@code most}. */
    public static Option<Integer> number(String name, int least, int most, int byDefault, String meaning) {
        return number(name, least, most, byDefault, Integer.toString(byDefault), meaning);
    }

    /** The same where the number that stands for a default would tell people nothing. */
    static Option<Integer> number(String name, int least, int most, int byDefault, String defaultText, String meaning) {
        String range = "a number from " + least + " to " + most;
        return single(
                new HelpText(name, most == least + 1 ? least + "|" + most : "N", meaning),
                text -> {
                    if (!text.strip().matches("-?\\d{1,9}")) {
                        throw new IllegalArgumentException(
                                "\"" + text + "\" is not " + range + "; write for example " + Math.min(16, byDefault));
                    }
                    return Integer.valueOf(text.strip());
                },
                within(range, value -> value >= least && value <= most),
                byDefault,
                defaultText);
    }

    /** A number of bytes, 1 or more; in text for example {@code 16MiB}. */
    public static Option<Long> size(String name, String byDefault, String meaning) {
        return single(
                new HelpText(name, "SIZE", meaning),
                text -> ByteSize.parse(text).bytes(),
                within("a number of bytes, 1 or more", value -> value >= 1),
                ByteSize.parse(byDefault).bytes(),
                byDefault);
    }

    /** A number of bytes each second, 1 or more; without a default. In text for example {@code 200MiB/s}. */
    public static Option<Long> rate(String name, String meaning) {
        return single(
                new HelpText(name, "RATE", meaning),
                text -> Rate.parse(text).bytesPerSecond(),
                within("a number of bytes each second, 1 or more", value -> value >= 1),
                null,
                "");
    }

    /** A duration of at least {@code least} and at most ten years; all in text, for example {@code 90s} or {@code 5m}. */
    public static Option<Duration> duration(String name, String least, String byDefault, String meaning) {
        Duration shortest = Span.parse(least);
        return single(
                new HelpText(name, "DURATION", meaning),
                Span::parse,
                within(
                        "from " + least + " to " + LONGEST.toDays() + "d",
                        value -> value.compareTo(shortest) >= 0 && value.compareTo(LONGEST) <= 0),
                Span.parse(byDefault),
                byDefault);
    }

    /** Yes or no, and no by default; in text {@code true} or {@code false}. */
    public static Option<Boolean> flag(String name, String meaning) {
        return single(
                new HelpText(name, "", meaning),
                text -> switch (text.strip()) {
                    case "true" -> true;
                    case "false" -> false;
                    default ->
                        throw new IllegalArgumentException(
                                "\"" + text + "\" says neither yes nor no; write true or false");
                },
                value -> value,
                false,
                "");
    }

    /** One of the constants of a type; in text their names in small letters. */
    public static <E extends Enum<E>> Option<E> choice(String name, Class<E> type, E byDefault, String meaning) {
        Map<String, E> all = new LinkedHashMap<>();
        for (E each : type.getEnumConstants()) {
            all.put(each.name().toLowerCase(Locale.ROOT), each);
        }
        return single(
                new HelpText(name, String.join("|", all.keySet()), meaning),
                text -> Optional.ofNullable(all.get(text.strip()))
                        .orElseThrow(() -> new IllegalArgumentException(
                                "\"" + text + "\" is no choice; write " + String.join(" or ", all.keySet()))),
                value -> value,
                byDefault,
                byDefault.name().toLowerCase(Locale.ROOT));
    }

    /** Any text but a blank one; without a default. */
    public static Option<String> text(String name, String form, String meaning) {
        return single(
                new HelpText(name, form, meaning),
                text -> text,
                within("some text, not a blank one", value -> !value.isBlank()),
                null,
                "");
    }

    /** A path, kept absolute; without a default. In text {@code ~} and variables of the environment are expanded. */
    public static Option<Path> path(String name, String form, String meaning) {
        return new Option<>(
                new HelpText(name, form, meaning),
                (texts, environment) -> path(texts.get(0), environment),
                Option::kept,
                null,
                "");
    }

    /** Several paths, none by default; otherwise like {@link #path(String, String, String)}. */
    public static Option<List<Path>> paths(String name, String form, String meaning) {
        return new Option<>(
                new HelpText(name, form, meaning),
                (texts, environment) ->
                        texts.stream().map(text -> path(text, environment)).toList(),
                paths -> paths.stream().map(Option::kept).toList(),
                List.of(),
                "");
    }

    /**
     * Several texts of one form, none by default.
     *
     * @param range brings one into the form in which it is kept; throws an {@link IllegalArgumentException} that says what to
     *     write
     */
    public static Option<Set<String>> several(String name, String form, UnaryOperator<String> range, String meaning) {
        return new Option<>(
                new HelpText(name, form, meaning),
                (texts, environment) -> new LinkedHashSet<>(texts),
                texts -> {
                    Set<String> all = new LinkedHashSet<>();
                    texts.forEach(text -> all.add(range.apply(text)));
                    return Collections.unmodifiableSet(all);
                },
                Set.of(),
                "");
    }

    /**
     * A text for each of several keys, none by default; in text {@code KEY=VALUE}.
     *
     * @param form what stands for a pair in a help text, for example {@code HOST=URL}
     * @param key brings a key into the form in which it is kept
     * @param value the same of a value; both throw an {@link IllegalArgumentException} that says what to write
     */
    public static Option<Map<String, String>> each(
            String name, String form, UnaryOperator<String> key, UnaryOperator<String> value, String meaning) {
        return new Option<>(
                new HelpText(name, form, meaning),
                (texts, environment) -> {
                    Map<String, String> all = new LinkedHashMap<>();
                    for (String text : texts) {
                        int equals = text.indexOf('=');
                        if (equals < 1) {
                            throw new IllegalArgumentException("\"" + text + "\" is not of the form " + form);
                        }
                        all.put(text.substring(0, equals), text.substring(equals + 1));
                    }
                    return all;
                },
                pairs -> {
                    Map<String, String> all = new LinkedHashMap<>();
                    pairs.forEach((left, right) -> all.put(key.apply(left), value.apply(right)));
                    return Collections.unmodifiableMap(all);
                },
                Map.of(),
                "");
    }

    private static Path path(String text, Map<String, String> environment) {
        return WrittenPath.of("the path", text, environment);
    }

    private static Path kept(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private static <T> UnaryOperator<T> within(String range, Predicate<T> within) {
        return value -> {
            if (!within.test(value)) {
                throw new IllegalArgumentException("must be " + range + ", not " + value);
            }
            return value;
        };
    }

    /** As on the command line, without dashes: {@code part-size}. */
    public String name() {
        return name;
    }

    /** What stands for its value in a help text, {@code SIZE}; empty where it is yes or no. */
    public String form() {
        return form;
    }

    /** What it does, in a few words for a help text, without its default. */
    public String meaning() {
        return meaning;
    }

    /** Whether several values may be given. */
    public boolean repeatable() {
        return repeatable;
    }

    /** Its default as a person writes it; empty where it has none. */
    public String defaultText() {
        return written;
    }

    Optional<T> byDefault() {
        return Optional.ofNullable(byDefault);
    }

    /**
     * Reads a value as people write it.
     *
     * @param texts one text; one or more where it is {@link #repeatable}
     * @param environment what {@code ~} and variables in paths mean
     * @throws IllegalArgumentException if it has another form or is out of range, saying what to write, not naming the option
     */
    public T read(List<String> texts, Map<String, String> environment) {
        return range.apply(reader.apply(texts, environment));
    }

    /** A value in the form in which it is kept; refuses one out of range, naming the option. */
    T checked(T value) {
        try {
            return range.apply(Objects.requireNonNull(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(this + ": " + e.getMessage(), e);
        }
    }

    /** {@code option "part-size"}. */
    @Override
    public String toString() {
        return "option \"" + name + "\"";
    }
}
