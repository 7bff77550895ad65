package io.synctools.modelscope;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Optional;

/** Finds the newest commit in the hub's list of one ({@code docs/protocols/modelscope.md} section 2). Not thread-safe. */
final class HeadCommit implements Envelope.DataReader {
    private Optional<String> value = Optional.empty();

    @Override
    public void read(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean commits = json.currentName().equals("Commit");
            if (json.nextToken() == JsonToken.START_ARRAY && commits) {
                JsonNode list = json.readValueAsTree();
                String id = list.path(0).path("Id").asText();
                value = Optional.of(id).filter(text -> !text.isEmpty());
            } else {
                json.skipChildren();
            }
        }
    }

    /** Its id; empty where the answer had none. */
    Optional<String> value() {
        return value;
    }
}
