package io.synctools.config;

import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;

/** Makes the item of one image rule that stands in no list; for flows whose repositories are fixed. */
public final class ImageRule {
    static final String SCHEME = "docker";

    private ImageRule() {}

    /**
     * Mirrors one repository.
     *
     * @param source {@code HOST/REPOSITORY}
     * @param destination {@code HOST/REPOSITORY}; with a slash at the end the source's last name is appended
     * @param tags which tags are declared
     * @param appendName whether the source's last name is appended in any case, once more than the slash asks for
     * @throws IllegalArgumentException if a name is wrong, saying how to mend it
     */
    public static SyncItem item(String source, String destination, NameFilter tags, boolean appendName) {
        try {
            ImageName from = ImageName.source(source);
            return item(from, ImageName.destination(destination, from, appendName), tags, Place.NONE);
        } catch (RefusedValueException e) {
            throw new IllegalArgumentException(e.why(), e);
        }
    }

    static SyncItem item(ImageName from, ImageName to, NameFilter tags, Place place) {
        return new SyncItem(
                ArtifactRef.of(SCHEME, from.toString()), ArtifactRef.of(SCHEME, to.toString()), tags, place);
    }
}
