package io.synctools.modelscope;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.synctools.internal.json.Json;
import io.synctools.internal.text.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/**
 * What the hub wraps every answer in ({@code docs/protocols/modelscope.md} section 2).
 *
 * @param code 200 for success, whatever the HTTP status says
 * @param message the hub's words; empty where it has none
 * @param requestId what the hub's people ask for; empty where it has none
 * @param hasData whether there was a {@code Data} that is not null
 */
record Envelope(long code, String message, String requestId, boolean hasData) {

    /** A page for people, which the hub has none of where we ask. */
    static final class PageException extends IOException {
        private static final long serialVersionUID = 1L;

        PageException() {
            super("its answer is a page");
        }
    }

    /** Where an envelope had no {@code Code}. */
    static final long NO_CODE = -1;

    /** Reads the value of {@code Data} as it arrives. */
    @FunctionalInterface
    interface DataReader {
        /** Called with the parser at the value's first token; leaves it at the last. */
        void read(JsonParser json) throws IOException;
    }

    /**
     * Reads a whole envelope without keeping it in memory.
     *
     * @param data hears of {@code Data} before anybody knows whether {@code Code} means success
     * @throws PageException if it is a page for people
     * @throws IOException if the body ends early or is not an envelope
     */
    static Envelope read(InputStream body, DataReader data) throws IOException {
        PushbackInputStream text = new PushbackInputStream(body);
        int first = text.read();
        if (first == '<') {
            throw new PageException();
        }
        if (first >= 0) {
            text.unread(first);
        }
        try (JsonParser json = Json.FACTORY.createParser(text)) {
            return read(json, data);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "its answer ends early or is not JSON: " + Printable.words(e.getOriginalMessage()), e);
        }
    }

    private static Envelope read(JsonParser json, DataReader data) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("its answer is not a JSON object");
        }
        long code = NO_CODE;
        String message = "";
        String requestId = "";
        boolean hasData = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "Code" -> code = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : NO_CODE;
                case "Message" -> message = text(json);
                case "RequestId" -> requestId = text(json);
                case "Data" -> {
                    boolean present = value != JsonToken.VALUE_NULL;
                    hasData |= present;
                    if (present) {
                        data.read(json);
                    }
                }
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw new IOException("its answer goes on after the end");
        }
        return new Envelope(code, message, requestId, hasData);
    }

    private static String text(JsonParser json) throws IOException {
        if (json.currentToken().isScalarValue()) {
            return json.currentToken() == JsonToken.VALUE_NULL ? "" : json.getText();
        }
        json.skipChildren();
        return "";
    }

    boolean succeeded() {
        return code == 200;
    }
}
