package io.synctools.modelscope;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.OptionalLong;

/** Finds the number under which the hub lists a dataset's files. Not thread-safe. */
final class DatasetId implements Envelope.DataReader {
    private OptionalLong value = OptionalLong.empty();

    @Override
    public void read(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean isId = json.currentName().equals("Id");
            if (json.nextToken() == JsonToken.VALUE_NUMBER_INT && isId) {
                value = OptionalLong.of(json.getLongValue());
            }
            json.skipChildren();
        }
    }

    /** The number; empty where the answer had none. */
    OptionalLong value() {
        return value;
    }
}
