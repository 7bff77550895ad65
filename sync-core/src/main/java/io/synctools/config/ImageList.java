package io.synctools.config;

import io.synctools.internal.text.Printable;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncItem;
import io.synctools.model.TagPatterns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads an array of rules that each mirror one image repository. */
final class ImageList {
    private static final List<String> KEYS =
            List.of("src", "dest", "tag_filter", "include", "exclude", "semver", "newest", "rename", "referrers");
    private static final Map<String, String> MISTAKEN = Map.ofEntries(
            Map.entry("source", "src"),
            Map.entry("from", "src"),
            Map.entry("destination", "dest"),
            Map.entry("dst", "dest"),
            Map.entry("to", "dest"),
            Map.entry("filter", "tag_filter"),
            Map.entry("tag", "include"),
            Map.entry("tags", "include"),
            Map.entry("latest", "newest"),
            Map.entry("names", "rename"),
            Map.entry("signatures", "referrers"),
            Map.entry("attestations", "referrers"));
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]+");

    private final Destinations destinations;
    private final Faults faults;

    ImageList(Destinations destinations, Faults faults) {
        this.destinations = destinations;
        this.faults = faults;
    }

    /** The items of an array; everything in it that is no rule is a fault. */
    List<SyncItem> read(JsonValue root) {
        if (!(root instanceof JsonValue.Array array)) {
            faults.error(
                    root.place(),
                    "a list of images is an array, not " + root.what() + "; put [ and ] around the rules");
            return List.of();
        }
        List<SyncItem> items = new ArrayList<>();
        for (JsonValue element : array.elements()) {
            if (element instanceof JsonValue.Members object) {
                item(object).ifPresent(items::add);
            } else {
                faults.error(element.place(), "a rule is an object with \"src\" and \"dest\", not " + element.what());
            }
        }
        return items;
    }

    private Optional<SyncItem> item(JsonValue.Members object) {
        int before = faults.errors();
        Fields fields = new Fields(object, "a list of images", KEYS, MISTAKEN, faults);
        Optional<ImageName> source = name(fields, "src", ImageName::source);
        Optional<ImageName> destination = name(fields, "dest", text -> destination(text, source));
        NameFilter filter = filter(fields);
        if (faults.errors() > before || source.isEmpty() || destination.isEmpty()) {
            return Optional.empty();
        }
        if (source.equals(destination)) {
            faults.error(fields.place("dest"), "source and destination are the same repository, " + source.get());
            return Optional.empty();
        }
        return Optional.of(ImageRule.item(source.get(), destination.get(), filter, object.place()));
    }

    /** Checked also where the source is wrong; any name stands for the source's then. */
    private ImageName destination(String text, Optional<ImageName> source) throws RefusedValueException {
        return ImageName.destination(text, source.orElse(new ImageName("docker.io", "x")), destinations.appendName());
    }

    private interface Reading {
        ImageName read(String text) throws RefusedValueException;
    }

    private Optional<ImageName> name(Fields fields, String key, Reading reading) {
        Optional<String> text = fields.required(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(reading.read(text.get()));
        } catch (RefusedValueException e) {
            faults.error(fields.place(key), "\"" + key + "\": " + e.why());
            return Optional.empty();
        }
    }

    private NameFilter filter(Fields fields) {
        TagPatterns patterns = TagPatterns.all();
        Optional<String> word = fields.text("tag_filter");
        if (word.isPresent() && !WORD.matcher(word.get()).matches()) {
            faults.error(
                    fields.place("tag_filter"),
                    "\"tag_filter\" is a word that tags contain, and no tag contains " + Printable.quoted(word.get())
                            + "; for a regular expression write \"include\"");
        } else if (word.isPresent()) {
            patterns = patterns.containing(word.get());
        }
        patterns = narrowed(fields, "include", patterns, patterns::include);
        patterns = narrowed(fields, "exclude", patterns, patterns::exclude);
        patterns = narrowed(fields, "semver", patterns, patterns::semver);
        patterns = newest(fields, patterns);
        patterns = renaming(fields, patterns);
        patterns = referring(fields, patterns);
        return patterns.equals(TagPatterns.all()) ? NameFilter.ALL : patterns;
    }

    private TagPatterns narrowed(Fields fields, String key, TagPatterns before, Function<String, TagPatterns> narrow) {
        Optional<String> text = fields.text(key);
        if (text.isEmpty()) {
            return before;
        }
        try {
            return narrow.apply(text.get());
        } catch (IllegalArgumentException e) {
            String what = key.equals("semver")
                    ? " is no range of versions such as \">=1.2 <2\": "
                    : " is no regular expression: ";
            faults.error(
                    fields.place(key),
                    "\"" + key + "\": " + Printable.quoted(text.get()) + what
                            + Printable.words(String.valueOf(e.getMessage())));
            return before;
        }
    }

    private TagPatterns newest(Fields fields, TagPatterns before) {
        Optional<JsonValue> value = fields.value("newest");
        if (value.isEmpty()) {
            return before;
        }
        if (value.get() instanceof JsonValue.Numeral number && number.digits().matches("[1-9]\\d{0,5}")) {
            return before.newest(Integer.parseInt(number.digits()));
        }
        faults.error(value.get().place(), "\"newest\" is how many tags to keep; write a whole number from 1 to 999999");
        return before;
    }

    private TagPatterns renaming(Fields fields, TagPatterns before) {
        Optional<JsonValue> value = fields.value("rename");
        if (value.isEmpty()) {
            return before;
        }
        if (!(value.get() instanceof JsonValue.Members object)) {
            faults.error(
                    value.get().place(),
                    "\"rename\" is an object such as {\"v1\": \"stable\"}, a tag of the source and its name at the"
                            + " destination, not " + value.get().what());
            return before;
        }
        TagPatterns patterns = before;
        Map<String, String> tags = new HashMap<>();
        for (JsonValue.Member member : object.members()) {
            String name = member.value() instanceof JsonValue.Text text ? text.value() : "";
            if (!TAG.matcher(member.key()).matches() || !TAG.matcher(name).matches()) {
                faults.error(
                        member.place(),
                        "\"rename\": " + Printable.quoted(member.key())
                                + " and its name have to be tags: letters, digits,"
                                + " \"_\", \".\" and \"-\", at most 128, not \".\" or \"-\" first");
                continue;
            }
            String other = tags.putIfAbsent(name, member.key());
            if (other != null) {
                faults.error(
                        member.place(),
                        "\"rename\": " + Printable.quoted(other) + " and " + Printable.quoted(member.key())
                                + " would both be " + Printable.quoted(name) + " at the destination");
                continue;
            }
            patterns = patterns.renaming(member.key(), name);
        }
        return patterns;
    }

    private TagPatterns referring(Fields fields, TagPatterns before) {
        Optional<JsonValue> value = fields.value("referrers");
        if (value.isEmpty()
                || (value.get() instanceof JsonValue.Literal no && no.what().equals("false"))) {
            return before;
        }
        if (value.get() instanceof JsonValue.Literal yes && yes.what().equals("true")) {
            return before.withReferrers();
        }
        faults.error(
                value.get().place(),
                "\"referrers\" is whether signatures and what else refers to the images comes along; write true or"
                        + " false, without quotes");
        return before;
    }
}
