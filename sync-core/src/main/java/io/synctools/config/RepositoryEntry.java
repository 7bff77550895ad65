package io.synctools.config;

import io.synctools.internal.text.Nearest;
import io.synctools.internal.text.Printable;
import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One repository that a list declares.
 *
 * @param platform {@code modelscope} or {@code huggingface}
 * @param name {@code models/organization/name} or {@code datasets/organization/name}
 * @param revision empty for the platform's default
 */
record RepositoryEntry(String platform, String name, String revision, NameFilter filter, Place place) {
    static final String MODELSCOPE = "modelscope";
    static final String HUGGING_FACE = "huggingface";
    private static final List<String> PLATFORMS = List.of(MODELSCOPE, HUGGING_FACE);

    /** The platform that a list names in any case. */
    static String platform(String text) throws RefusedValueException {
        String lower = text.toLowerCase(Locale.ROOT);
        if (PLATFORMS.contains(lower)) {
            return lower;
        }
        String squeezed = lower.replaceAll("[\\s_-]", "").replaceAll("^hf$", HUGGING_FACE);
        throw new RefusedValueException("unknown platform " + Printable.quoted(text)
                + Nearest.to(squeezed, PLATFORMS)
                        .map(meant -> "; did you mean \"" + meant + "\"?")
                        .orElse("; known are \"modelscope\" and \"huggingface\""));
    }

    /** The platform's name for its default branch, which an entry without a revision means too. */
    static String defaultRevision(String platform) {
        return platform.equals(MODELSCOPE) ? "master" : "main";
    }

    /** The item, its destination as the entry or the run's default has it. */
    SyncItem item(Optional<String> localDir, Destinations destinations) {
        return new SyncItem(
                ArtifactRef.of(platform, name, revision), destination(localDir, destinations), filter, place);
    }

    private ArtifactRef destination(Optional<String> localDir, Destinations destinations) {
        if (destinations.place().isPresent()) {
            ArtifactRef place = destinations.place().get();
            return ArtifactRef.of(place.scheme(), place.name() + "/" + name, revision);
        }
        if (localDir.isPresent()) {
            return ArtifactRef.of(Destinations.LOCAL_DIR, localDir.get());
        }
        if (platform.equals(MODELSCOPE)) {
            return ArtifactRef.of(Destinations.MODELSCOPE_CACHE, name);
        }
        return destinations.huggingFace().equals(Destinations.HUGGING_FACE_CACHE)
                ? ArtifactRef.of(Destinations.HUGGING_FACE_CACHE, name, revision)
                : ArtifactRef.of(Destinations.LOCAL_DIR, name);
    }
}
