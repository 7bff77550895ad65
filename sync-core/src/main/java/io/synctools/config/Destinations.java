package io.synctools.config;

import io.synctools.model.ArtifactRef;
import java.util.Optional;

/**
 * Where entries go that do not say so themselves.
 *
 * @param huggingFace the layout for Hugging Face entries without {@code local_dir}: {@code local-dir} or
 *     {@code huggingface-cache}
 * @param appendName whether the source's last name is always appended to an image's destination
 * @param place where all models and datasets go instead, whatever their entries say: a target's scheme, and a place there
 *     below which each artifact has its own; empty unless the run says so
 * @param home what {@code ~} and {@code $HOME} mean; empty where unknown, and then an entry that needs it is an error
 */
public record Destinations(String huggingFace, boolean appendName, Optional<ArtifactRef> place, Optional<String> home) {

    static final String LOCAL_DIR = "local-dir";
    static final String HUGGING_FACE_CACHE = "huggingface-cache";
    static final String MODELSCOPE_CACHE = "modelscope-cache";

    public Destinations {
        if (!huggingFace.equals(LOCAL_DIR) && !huggingFace.equals(HUGGING_FACE_CACHE)) {
            throw new IllegalArgumentException("no layout for Hugging Face entries: " + huggingFace);
        }
    }

    /** The default: Hugging Face entries into local directories, images exactly where the rule says. */
    public static Destinations standard(Optional<String> home) {
        return new Destinations(LOCAL_DIR, false, Optional.empty(), home.filter(value -> !value.isBlank()));
    }

    /** The same, with Hugging Face entries in the client's own cache layout. */
    public Destinations withHuggingFaceCache() {
        return new Destinations(HUGGING_FACE_CACHE, appendName, place, home);
    }

    /** The same, with the source's last name always appended to an image's destination. */
    public Destinations withAppendedNames() {
        return new Destinations(huggingFace, true, place, home);
    }

    /**
     * The same, with all models and datasets at another target: at {@code PLACE/models/organization/name}, revisions side by
     * side.
     */
    public Destinations withPlace(ArtifactRef target) {
        return new Destinations(huggingFace, appendName, Optional.of(target), home);
    }
}
