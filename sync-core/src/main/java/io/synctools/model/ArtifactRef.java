package io.synctools.model;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Names one artifact at one platform, before and after its revision is pinned.
 *
 * <p>Immutable and thread-safe.
 *
 * @param scheme the platform or layout, for example {@code modelscope}, {@code huggingface-cache}, {@code docker}
 * @param name what the platform calls it: {@code models/Qwen/Qwen2.5-7B-Instruct}, {@code quay.io/ascend/cann}; for a
 *     {@code local-dir} also an absolute path
 * @param revision the branch, tag or commit as declared; empty for the platform's default, which {@code Source.pin}
 *     fills in
 * @param pin what the revision means now: a commit id, or a fingerprint such as {@code sha256:…} where the platform
 *     names no commit; empty until pinned, and for ever where nothing moves
 */
public record ArtifactRef(String scheme, String name, String revision, String pin) {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    public ArtifactRef {
        Objects.requireNonNull(revision, "revision");
        Objects.requireNonNull(pin, "pin");
        if (scheme.isBlank() || name.isBlank()) {
            throw new IllegalArgumentException("an artifact needs a scheme and a name: " + scheme + ":" + name);
        }
    }

    /** An unpinned reference to the platform's default revision. */
    public static ArtifactRef of(String scheme, String name) {
        return new ArtifactRef(scheme, name, "", "");
    }

    /** An unpinned reference to a revision; an empty revision means the platform's default. */
    public static ArtifactRef of(String scheme, String name, String revision) {
        return new ArtifactRef(scheme, name, revision, "");
    }

    /** The same artifact, its revision named and pinned. */
    public ArtifactRef pinned(String namedRevision, String pinnedTo) {
        return new ArtifactRef(scheme, name, namedRevision, pinnedTo);
    }

    /** The commit where the platform tells one, else the revision's name; empty where neither is known. */
    public String commitOrRevision() {
        return COMMIT.matcher(pin).matches() ? pin : revision;
    }

    /** {@code scheme:name}, as reports print it. */
    public String text() {
        return scheme + ":" + name;
    }

    // The one that Java makes for a record costs the start 10 ms: it makes classes when first asked.
    @Override
    public int hashCode() {
        return Objects.hash(scheme, name, revision, pin);
    }

    @Override
    public String toString() {
        return revision.isEmpty() ? text() : text() + "@" + revision;
    }
}
