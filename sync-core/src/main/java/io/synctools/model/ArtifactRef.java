package io.synctools.model;

import io.synctools.internal.text.Printable;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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

    // Written out, as hashCode is: Java spins a record's own at the first call, once for each thread that comes by just
    // then.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ArtifactRef ref
                && name.equals(ref.name)
                && scheme.equals(ref.scheme)
                && revision.equals(ref.revision)
                && pin.equals(ref.pin);
    }

    /** An unpinned reference to the platform's default revision. */
    public static ArtifactRef of(String scheme, String name) {
        return new ArtifactRef(scheme, name, "", "");
    }

    /** An unpinned reference to a revision; an empty revision means the platform's default. */
    public static ArtifactRef of(String scheme, String name, String revision) {
        return new ArtifactRef(scheme, name, revision, "");
    }

    /**
     * Reads {@code scheme:name} or {@code scheme:name@revision}, as {@link #toString} writes it.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public static ArtifactRef parse(String text) {
        int colon = text.indexOf(':');
        int at = text.lastIndexOf('@');
        if (colon < 1
                || !text.substring(0, colon).matches("[a-z][a-z0-9-]*")
                || text.startsWith("//", colon + 1) // an address
                || (at >= 0 && (at < colon + 2 || at == text.length() - 1))) {
            throw new IllegalArgumentException(
                    "\"" + Printable.name(text)
                            + "\" is no artifact; write for example huggingface:models/org/name or huggingface:models/org/name@main");
        }
        return at < 0
                ? of(text.substring(0, colon), text.substring(colon + 1))
                : of(text.substring(0, colon), text.substring(colon + 1, at), text.substring(at + 1));
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
