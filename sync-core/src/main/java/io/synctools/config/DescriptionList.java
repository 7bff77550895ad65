package io.synctools.config;

import io.synctools.model.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads an array that says which text is shown on the page of which image repository. */
public final class DescriptionList {
    private static final List<String> KEYS = List.of("src", "dest", "base");
    private static final Map<String, String> MISTAKEN =
            Map.of("source", "src", "from", "src", "readme", "src", "destination", "dest", "to", "dest");

    /** The registries whose pages can be written. */
    private static final Set<String> HOSTS = Set.of("docker.io", "quay.io");

    private DescriptionList() {}

    /**
     * One text and where it is shown.
     *
     * @param source an address or a path
     * @param repository {@code HOST/NAMESPACE/NAME}
     * @param base the address at which its relative links are meant, where that is another than its own
     * @param place where it stands
     */
    public record Text(String source, String repository, Optional<String> base, Place place) {}

    /**
     * What a list says, and what is wrong with it.
     *
     * @param texts in the list's order
     * @param faults in the order of their places
     */
    public record Reading(List<Text> texts, List<ListFault> faults) {
        public Reading {
            texts = List.copyOf(texts);
            faults = List.copyOf(faults);
        }
    }

    /** Reads a list; contacts nobody. */
    public static Reading read(ListFile file) {
        Faults faults = new Faults();
        List<Text> texts = new ArrayList<>();
        JsonList.read(file, faults).ifPresent(root -> read(root, texts, faults));
        if (texts.isEmpty() && faults.errors() == 0) {
            faults.warning(file.top(), "declares nothing");
        }
        return new Reading(texts, faults.inOrder(List.of(file.name())));
    }

    private static void read(JsonValue root, List<Text> texts, Faults faults) {
        if (!(root instanceof JsonValue.Array array)) {
            faults.error(root.place(), "a list of descriptions is an array, not " + root.what());
            return;
        }
        Map<String, Place> places = new HashMap<>();
        for (JsonValue element : array.elements()) {
            if (!(element instanceof JsonValue.Members object)) {
                faults.error(element.place(), "an entry is an object with \"src\" and \"dest\", not " + element.what());
                continue;
            }
            Fields fields = new Fields(object, "a list of descriptions", KEYS, MISTAKEN, faults);
            Optional<String> source = fields.required("src");
            Optional<String> repository = fields.required("dest").flatMap(text -> repository(text, fields, faults));
            Optional<String> base = fields.text("base");
            if (base.isPresent() && !base.get().matches("https?://.+")) {
                faults.error(
                        fields.place("base"), "\"base\" is the address at which relative links are meant, http(s)://…");
            }
            if (source.isEmpty() || repository.isEmpty()) {
                continue;
            }
            Place other = places.putIfAbsent(repository.get(), object.place());
            if (other != null) {
                faults.error(
                        fields.place("dest"),
                        repository.get() + " has got a text already, at " + other.brief() + "; a page shows one");
            }
            texts.add(new Text(source.get(), repository.get(), base, object.place()));
        }
    }

    private static Optional<String> repository(String text, Fields fields, Faults faults) {
        try {
            ImageName name = ImageName.source(text);
            if (!HOSTS.contains(name.host())) {
                throw new RefusedValueException(
                        name.host() + " has no page of a repository that could be written; docker.io and quay.io have");
            }
            if (!name.repository().contains("/")) {
                throw new RefusedValueException("write HOST/NAMESPACE/NAME, with the namespace");
            }
            return Optional.of(name.toString());
        } catch (RefusedValueException e) {
            faults.error(fields.place("dest"), "\"dest\": " + e.why());
            return Optional.empty();
        }
    }
}
