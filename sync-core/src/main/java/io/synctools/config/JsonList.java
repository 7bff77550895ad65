package io.synctools.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.synctools.internal.text.Printable;
import io.synctools.model.Place;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON into values that know their places. What stood whole before a syntax error is kept, so that its other
 * faults are told in the same go.
 */
final class JsonList {
    private static final String DELIMITERS = "[]{},:\" \t\r\n";

    // Without data binding: a lint must not pay for loading it.
    private static final JsonFactory FACTORY = new JsonFactory();

    /** An array or object that is not closed yet. */
    private record Container(Place place, char closing) {
        @Override
        public String toString() {
            return (closing == ']' ? "the array" : "the object") + " that begins at line " + place.line() + ", column "
                    + place.column() + ", which needs a \"" + closing + "\"";
        }
    }

    private final ListFile file;
    private final String text;
    private final Faults faults;
    private final Deque<Container> open = new ArrayDeque<>();
    private boolean broken;

    private JsonList(ListFile file, String text, Faults faults) {
        this.file = file;
        this.text = text;
        this.faults = faults;
    }

    /** The root value; empty if nothing of it could be read. Faults of the file itself are told too. */
    static Optional<JsonValue> read(ListFile file, Faults faults) {
        faults.addAll(file.faults());
        return file.text().flatMap(text -> new JsonList(file, text, faults).root());
    }

    private Optional<JsonValue> root() {
        try (JsonParser parser = FACTORY.createParser(new StringReader(text))) {
            JsonToken first = next(parser);
            if (first == null) {
                if (!broken) {
                    faults.error(file.top(), "the file is empty; an empty list is []");
                }
                return Optional.empty();
            }
            Optional<JsonValue> root = value(parser, first);
            if (!broken) {
                after((int) parser.currentLocation().getCharOffset());
            }
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Nothing but white space may follow the root. */
    private void after(int end) {
        for (int at = end; at < text.length(); at++) {
            if (!Character.isWhitespace(text.charAt(at))) {
                faults.error(ListFile.placeAt(file.name(), text, at), "text after the end; the list ends before it");
                return;
            }
        }
    }

    /** The next token; null at the end and after a syntax error, which is told here. */
    private @Nullable JsonToken next(JsonParser parser) throws IOException {
        try {
            return broken ? null : parser.nextToken();
        } catch (JsonProcessingException e) {
            syntax(e);
            return null;
        }
    }

    private Optional<JsonValue> value(JsonParser parser, JsonToken token) throws IOException {
        Place place = place(parser.currentTokenLocation());
        return switch (token) {
            case START_ARRAY -> Optional.of(array(parser, place));
            case START_OBJECT -> object(parser, place);
            case VALUE_STRING -> string(parser, place);
            case VALUE_NULL, VALUE_TRUE, VALUE_FALSE -> Optional.of(new JsonValue.Literal(place, parser.getText()));
            default -> Optional.of(new JsonValue.Numeral(place, parser.getText()));
        };
    }

    /** The rest of a text is decoded here, and only here its faults show. */
    private Optional<JsonValue> string(JsonParser parser, Place place) throws IOException {
        try {
            return Optional.of(new JsonValue.Text(place, parser.getText()));
        } catch (JsonProcessingException e) {
            syntax(e);
            return Optional.empty();
        }
    }

    private JsonValue array(JsonParser parser, Place place) throws IOException {
        open.push(new Container(place, ']'));
        List<JsonValue> elements = new ArrayList<>();
        for (JsonToken token = next(parser); token != null && token != JsonToken.END_ARRAY; token = next(parser)) {
            value(parser, token).ifPresent(elements::add);
        }
        open.pop();
        return new JsonValue.Array(place, List.copyOf(elements));
    }

    /** An object that a syntax error cuts is left out inside a list: what it lacks is not its fault. */
    private Optional<JsonValue> object(JsonParser parser, Place place) throws IOException {
        open.push(new Container(place, '}'));
        List<JsonValue.Member> members = new ArrayList<>();
        Map<String, Place> seen = new HashMap<>();
        for (JsonToken token = next(parser); token != null && token != JsonToken.END_OBJECT; token = next(parser)) {
            Place keyPlace = place(parser.currentTokenLocation());
            String key = parser.currentName();
            Place first = seen.putIfAbsent(key, keyPlace);
            if (first != null) {
                faults.error(
                        keyPlace,
                        "the key " + Printable.quoted(key) + " stands twice in this object, first at line "
                                + first.line() + ", column " + first.column() + "; keep one");
            }
            JsonToken inside = next(parser);
            if (inside != null) {
                value(parser, inside).ifPresent(value -> members.add(new JsonValue.Member(keyPlace, key, value)));
            }
        }
        open.pop();
        boolean cut = broken && !open.isEmpty();
        return cut ? Optional.empty() : Optional.of(new JsonValue.Members(place, List.copyOf(members)));
    }

    private Place place(JsonLocation location) {
        return new Place(file.name(), location.getLineNr(), Math.max(1, location.getColumnNr()));
    }

    private void syntax(JsonProcessingException e) {
        broken = true;
        JsonLocation location = e.getLocation();
        int offset = location == null ? 0 : (int) Math.max(0, Math.min(text.length(), location.getCharOffset()));
        String said = String.valueOf(e.getOriginalMessage());
        if (said.startsWith("Unrecognized token")
                || said.startsWith("Non-standard")
                || said.startsWith("Invalid numeric")) {
            // Reported where the word ends; people look for where it begins.
            while (offset > 0 && DELIMITERS.indexOf(text.charAt(offset - 1)) < 0) {
                offset--;
            }
        }
        Place place = ListFile.placeAt(file.name(), text, offset);
        faults.error(place, explain(e instanceof JsonEOFException, said, place, offset));
    }

    private String explain(boolean atEnd, String said, Place place, int offset) {
        char here = offset < text.length() ? text.charAt(offset) : 0;
        int before = lastBefore(offset);
        if (atEnd) {
            return said.contains("closing quote")
                    ? "the file ends inside a text; its closing quote is missing"
                    : open.isEmpty() ? "the file ends too early" : "the file ends inside " + open.element();
        }
        if ((here == ']' || here == '}') && before >= 0 && text.charAt(before) == ',') {
            return "a comma before \"" + here + "\"; remove the comma" + atLine(before, place);
        }
        if (said.contains("was expecting comma")) {
            Place previous = ListFile.placeAt(file.name(), text, before + 1);
            return "a comma is missing "
                    + (previous.line() < place.line() ? "after line " + previous.line() : "before this");
        }
        if (said.contains("close marker")) {
            return open.isEmpty()
                    ? "\"" + here + "\" closes nothing; remove it"
                    : "\"" + here + "\" does not close " + open.element();
        }
        if (said.contains("double-quote to start field name")) {
            return "a key in double quotes is expected here";
        }
        if (said.contains("expecting a colon")) {
            return "a colon is missing between key and value";
        }
        if (said.contains("CTRL-CHAR")) {
            return here == '\n' || here == '\r'
                    ? "the line ends inside a text; its closing quote is missing"
                    : String.format("the control character U+%04X must not stand in a text", (int) here);
        }
        if (said.contains("character escape") || said.contains("hex-digit")) {
            return "a backslash begins no known escape here; write \\\\ for a backslash";
        }
        if (said.contains("comment")) {
            return "JSON has no comments; remove it";
        }
        if (said.contains("nesting depth")) {
            return "nested too deep for a list";
        }
        return "this is no JSON value; texts stand in double quotes";
    }

    /** The last character before a place that is no white space; -1 if there is none. */
    private int lastBefore(int offset) {
        int at = Math.min(offset, text.length()) - 1;
        while (at >= 0 && Character.isWhitespace(text.charAt(at))) {
            at--;
        }
        return at;
    }

    private String atLine(int offset, Place seenFrom) {
        int line = ListFile.placeAt(file.name(), text, offset).line();
        return line == seenFrom.line() ? "" : " at the end of line " + line;
    }
}
