package io.synctools.modelscope;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.OptionalLong;

/** Finds when one branch or tag was made among all that the hub lists. Not thread-safe. */
final class RevisionDate implements Envelope.DataReader {
    private final String revision;
    private OptionalLong value = OptionalLong.empty();

    RevisionDate(String revision) {
        this.revision = revision;
    }

    /** Branches and tags lie two arrays deep; only one of them is in memory at a time. */
    @Override
    public void read(JsonParser json) throws IOException {
        int depth = 0;
        boolean inArray = false;
        do {
            JsonToken token = json.currentToken();
            if (token == JsonToken.START_OBJECT && inArray) {
                JsonNode item = json.readValueAsTree();
                if (item.path("Revision").asText().equals(revision)
                        && item.path("CreatedAt").canConvertToExactIntegral()) {
                    value = OptionalLong.of(item.path("CreatedAt").asLong());
                }
            } else if (token.isStructStart()) {
                inArray = token == JsonToken.START_ARRAY;
                depth++;
            } else if (token.isStructEnd()) {
                inArray = false;
                depth--;
            }
        } while (depth > 0 && json.nextToken() != null);
    }

    /** Unix seconds; empty where the answer does not tell. */
    OptionalLong value() {
        return value;
    }
}
