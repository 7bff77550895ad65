package io.synctools.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The JSON mapper and factory of all our modules. Thread-safe. */
public final class Json {
    /** For trees and binding. */
    public static final ObjectMapper MAPPER = JsonMapper.builder().build();

    /** For streaming. */
    public static final JsonFactory FACTORY = MAPPER.getFactory();

    private Json() {}
}
