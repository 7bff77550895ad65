package io.synctools.skopeo;

import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where an artifact goes in a registry: a repository, and the tag that is moved last.
 *
 * <p>Registries know lower case only, and few other characters: what may not stand in a name becomes a dash. Two names that
 * become one are refused when a run is planned, by {@link OciTarget#place}.
 */
record OciPlace(ImageRepository repository, String pointer) {
    /** Names what a platform's default revision means now. */
    static final String LATEST = "latest";

    private static final Set<String> DEFAULT_REVISIONS = Set.of("", "main", "master");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern SEPARATORS = Pattern.compile("[._-]+");
    private static final Pattern SEPARATOR = Pattern.compile("\\.|__?|-+");
    private static final int LONGEST_TAG = 128;

    /**
     * The place that a destination names.
     *
     * @throws SyncException {@code UNSAFE_NAME} if no registry could hold it
     */
    static OciPlace of(ArtifactRef destination) {
        String name = destination.name();
        int slash = name.indexOf('/');
        String[] parts = name.substring(slash + 1).split("/", -1);
        List<String> path = new ArrayList<>();
        for (String part : parts) {
            path.add(component(part, name));
        }
        ImageRepository repository =
                ImageRepository.parse(name.substring(0, Math.max(0, slash)) + "/" + String.join("/", path));
        return new OciPlace(repository, pointer(destination.revision()));
    }

    private static String pointer(String revision) {
        return DEFAULT_REVISIONS.contains(revision) ? LATEST : tag(revision);
    }

    /** All tags of a publication in the order in which they are moved: the commit's, the revision's, and the pointer. */
    List<String> tags(ArtifactRef pinned) {
        List<String> tags = new ArrayList<>();
        if (COMMIT.matcher(pinned.pin()).matches()) {
            tags.add(pinned.pin());
        }
        if (!pinned.revision().isEmpty()) {
            tags.add(tag(pinned.revision()));
        }
        tags.remove(pointer);
        tags.add(pointer);
        return tags.stream().distinct().toList();
    }

    /** One element of a repository's name: letters and digits, between which stand a dot, one or two underscores, or dashes. */
    private static String component(String text, String name) {
        String plain = SEPARATORS
                .matcher(text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "-"))
                .replaceAll(run -> SEPARATOR.matcher(run.group()).matches() ? run.group() : "-")
                .replaceAll("^[._-]+|[._-]+$", "");
        if (plain.isEmpty()) {
            throw new SyncException(
                    FailureKind.UNSAFE_NAME,
                    "\"" + name + "\" cannot be a repository of a registry: \"" + text
                            + "\" has neither a letter nor a digit");
        }
        return plain;
    }

    private static String tag(String revision) {
        String plain = revision.toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9._-]", "-")
                .replaceAll("^[.-]", "_");
        if (plain.length() > LONGEST_TAG) {
            throw new SyncException(
                    FailureKind.UNSAFE_NAME,
                    "the revision \"" + revision + "\" cannot be a tag of a registry, which may have " + LONGEST_TAG
                            + " characters");
        }
        return plain;
    }

    @Override
    public String toString() {
        return repository + ":" + pointer;
    }
}
