package io.synctools.config;

import io.synctools.model.Place;
import java.util.List;

/** A value of a JSON list, with its place. */
sealed interface JsonValue {

    /** Where it begins. */
    Place place();

    /** What it is, for messages: "a text", "an array". */
    String what();

    /** A string. */
    record Text(Place place, String value) implements JsonValue {
        @Override
        public String what() {
            return "a text";
        }
    }

    /** A number, as written. */
    record Numeral(Place place, String digits) implements JsonValue {
        @Override
        public String what() {
            return "a number";
        }
    }

    /** {@code null}, {@code true} or {@code false}. */
    record Literal(Place place, String what) implements JsonValue {}

    /** An array; after a syntax error what was whole of it. */
    record Array(Place place, List<JsonValue> elements) implements JsonValue {
        @Override
        public String what() {
            return "an array";
        }
    }

    /** An object, its members in the file's order, double ones included. */
    record Members(Place place, List<Member> members) implements JsonValue {
        @Override
        public String what() {
            return "an object";
        }
    }

    /** One key with its value. */
    record Member(Place place, String key, JsonValue value) {}
}
