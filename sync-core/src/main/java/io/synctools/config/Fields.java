package io.synctools.config;

import io.synctools.internal.text.Nearest;
import io.synctools.internal.text.Printable;
import io.synctools.model.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The fields of one object of a list, taken by key; keys that nobody knows, and values of another type, are faults. */
final class Fields {
    private final JsonValue.Members object;
    private final String where;
    private final Map<String, JsonValue.Member> members = new LinkedHashMap<>();
    private final Set<String> misspelt = new HashSet<>();
    private final Faults faults;

    /**
     * Takes an object apart.
     *
     * @param where what it is an entry of, for messages
     * @param accepted keys that it may have
     * @param mistaken keys that people write instead, and which one they mean
     */
    Fields(JsonValue.Members object, String where, List<String> accepted, Map<String, String> mistaken, Faults faults) {
        this.object = object;
        this.where = where;
        this.faults = faults;
        for (JsonValue.Member member : object.members()) {
            if (accepted.contains(member.key())) {
                members.putIfAbsent(member.key(), member);
            }
        }
        for (JsonValue.Member member : object.members()) {
            if (!accepted.contains(member.key())) {
                unknown(member, accepted, mistaken);
            }
        }
    }

    private void unknown(JsonValue.Member member, List<String> accepted, Map<String, String> mistaken) {
        String key = member.key();
        Optional<String> meant = Optional.ofNullable(mistaken.get(key)).or(() -> Nearest.to(key, accepted));
        if (meant.isPresent() && !members.containsKey(meant.get())) {
            misspelt.add(meant.get());
        }
        faults.error(
                member.place(),
                "unknown key " + Printable.quoted(key) + (mistaken.containsKey(key) ? " in " + where : "")
                        + meant.map(word -> "; did you mean \"" + word + "\"?")
                                .orElse("; accepted are " + String.join(", ", accepted)));
    }

    /** Where the object begins. */
    Place place() {
        return object.place();
    }

    /** Where the value of a key stands; where the object begins if there is none. */
    Place place(String key) {
        JsonValue.Member member = members.get(key);
        return member == null ? place() : member.value().place();
    }

    /** The value of a key, whatever it is. */
    Optional<JsonValue> value(String key) {
        return Optional.ofNullable(members.get(key)).map(JsonValue.Member::value);
    }

    /** A value that must be there; a misspelt key has been told already. */
    Optional<JsonValue> requiredValue(String key) {
        if (!members.containsKey(key) && !misspelt.contains(key)) {
            faults.error(place(), "the key \"" + key + "\" is missing in this object");
        }
        return value(key);
    }

    /** A text that must be there. */
    Optional<String> required(String key) {
        return requiredValue(key).flatMap(value -> text(key, value));
    }

    /** A text that is not empty; empty where the key is absent or the value is no such text. */
    Optional<String> text(String key) {
        return value(key).flatMap(value -> text(key, value));
    }

    /** A text or an array of texts; empty where the key is absent. */
    Optional<List<String>> texts(String key) {
        Optional<JsonValue> value = value(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!(value.get() instanceof JsonValue.Array array)) {
            return text(key, value.get()).map(List::of);
        }
        List<String> texts = new ArrayList<>();
        for (JsonValue element : array.elements()) {
            text(key, element).ifPresent(texts::add);
        }
        return Optional.of(texts);
    }

    private Optional<String> text(String key, JsonValue value) {
        if (!(value instanceof JsonValue.Text text)) {
            faults.error(value.place(), "\"" + key + "\" is " + value.what() + "; write a text in double quotes");
            return Optional.empty();
        }
        if (text.value().isBlank()) {
            faults.error(value.place(), "\"" + key + "\" is empty; write its value or leave out what is optional");
            return Optional.empty();
        }
        return Optional.of(text.value());
    }
}
