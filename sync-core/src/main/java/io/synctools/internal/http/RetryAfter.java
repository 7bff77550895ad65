package io.synctools.internal.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads how long a server asks to wait, from {@code Retry-After} and {@code RateLimit} headers. */
public final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("(\\d{1,12})(?:\\.\\d*)?");
    private static final Pattern PARAMETER = Pattern.compile(";\\s*([rt])\\s*=\\s*(\\d{1,12})");
    private static final Pattern OLD_REMAINING = Pattern.compile("\\bremaining\\s*=\\s*(\\d{1,12})");
    private static final Pattern OLD_RESET = Pattern.compile("\\breset\\s*=\\s*(\\d{1,12})");

    /** The three forms of a date in HTTP (RFC 9110 section 5.6.7); the last one means GMT without saying so. */
    private static final List<DateTimeFormatter> DATES = List.of(
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss zzz", Locale.ENGLISH),
            new DateTimeFormatterBuilder()
                    .appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, 2000)
                    .appendPattern(" HH:mm:ss zzz")
                    .toFormatter(Locale.ENGLISH),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC));

    private RetryAfter() {}

    /**
     * The longest pause that any header asks for; empty without a hint. Not capped.
     *
     * @param headers all values of a header by its name
     * @param now stands in for a missing {@code Date} header, against which a date is read: clocks differ
     */
    public static Optional<Duration> pause(Function<String, List<String>> headers, Instant now) {
        Instant reference = headers.apply("Date").stream()
                .flatMap(value -> date(value).stream())
                .findFirst()
                .orElse(now);
        Stream<Duration> named =
                headers.apply("Retry-After").stream().flatMap(value -> retryAfter(value, reference).stream());
        Stream<Duration> limits = headers.apply("RateLimit").stream().flatMap(value -> rateLimit(value).stream());
        Stream<Duration> reset = headers.apply("RateLimit-Reset").stream().flatMap(value -> seconds(value).stream());
        return Stream.of(named, limits, reset).flatMap(Function.identity()).max(Duration::compareTo);
    }

    private static Optional<Duration> retryAfter(String value, Instant reference) {
        Optional<Duration> seconds = seconds(value);
        return seconds.isPresent() ? seconds : date(value).map(date -> notNegative(Duration.between(reference, date)));
    }

    /** {@code "name";r=0;t=SECONDS}, several of them by commas; or the older {@code limit=9, remaining=0, reset=SECONDS}. */
    private static Optional<Duration> rateLimit(String value) {
        Matcher oldReset = OLD_RESET.matcher(value);
        if (oldReset.find()) {
            Matcher remaining = OLD_REMAINING.matcher(value);
            return remaining.find() && Long.parseLong(remaining.group(1)) > 0
                    ? Optional.empty()
                    : Optional.of(Duration.ofSeconds(Long.parseLong(oldReset.group(1))));
        }
        return Stream.of(value.split(",")).flatMap(item -> item(item).stream()).max(Duration::compareTo);
    }

    private static Optional<Duration> item(String item) {
        long left = 0;
        Optional<Duration> pause = Optional.empty();
        Matcher parameters = PARAMETER.matcher(item);
        while (parameters.find()) {
            long number = Long.parseLong(parameters.group(2));
            if (parameters.group(1).equals("r")) {
                left = number;
            } else {
                pause = Optional.of(Duration.ofSeconds(number));
            }
        }
        return left > 0 ? Optional.empty() : pause;
    }

    private static Optional<Duration> seconds(String value) {
        Matcher matcher = SECONDS.matcher(value.strip());
        return matcher.matches() ? Optional.of(Duration.ofSeconds(Long.parseLong(matcher.group(1)))) : Optional.empty();
    }

    private static Optional<Instant> date(String value) {
        return DATES.stream()
                .flatMap(form -> date(form, value.strip()).stream())
                .findFirst();
    }

    private static Optional<Instant> date(DateTimeFormatter form, String value) {
        try {
            return Optional.of(form.parse(value, ZonedDateTime::from).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration notNegative(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
