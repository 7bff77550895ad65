package io.synctools.examples.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads manifests as Kubernetes' own model has them; a key that it does not know is refused, at any depth. */
final class Manifests {
    private static final Path FOLDER = Path.of("deploy");

    /** The model would collect unknown keys as additional properties; without that, they are errors that name their place. */
    private static final ObjectMapper STRICT = YAMLMapper.builder()
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Manifests() {}

    static String text(String name) throws IOException {
        return Files.readString(FOLDER.resolve(name));
    }

    static <T> T read(String name, Class<T> type) throws IOException {
        return parse(text(name), type);
    }

    static <T> T parse(String yaml, Class<T> type) throws JsonProcessingException {
        return STRICT.readValue(yaml, type);
    }

    /** A part of a manifest whose whole has no model. */
    static <T> T part(Object tree, Class<T> type) {
        return STRICT.convertValue(tree, type);
    }
}
