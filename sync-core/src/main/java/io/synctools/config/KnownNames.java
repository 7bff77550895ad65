package io.synctools.config;

import io.synctools.internal.text.Nearest;
import io.synctools.internal.text.Printable;
import io.synctools.model.ArtifactRef;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Guesses which repository was meant by a name that a platform does not know: among names that lists declare.
 *
 * <p>The platforms are not asked for their names: none of them documents a listing that anybody may use, and it would cost
 * the budget of requests. Immutable.
 */
public final class KnownNames {
    private final Set<ArtifactRef> known;

    /** @param known artifacts that are there */
    public KnownNames(Collection<ArtifactRef> known) {
        this.known = new LinkedHashSet<>(known);
    }

    /**
     * What may have been meant: a near name of that kind at that platform, the same name as another kind or at another
     * platform, or the repository of that name of another organization.
     *
     * @return {@code ; did you mean …?}, or which list it belongs to, or nothing
     */
    public String hint(ArtifactRef missing) {
        String kind = kind(missing);
        String name = name(missing);
        List<String> alike = known.stream()
                .filter(one ->
                        one.scheme().equals(missing.scheme()) && kind(one).equals(kind))
                .map(KnownNames::name)
                .filter(one -> !one.equals(name))
                .toList();
        Optional<String> near = Nearest.to(name, alike);
        if (near.isPresent()) {
            return "; did you mean " + Printable.quoted(near.get()) + "?";
        }
        boolean swapped = known.stream()
                .anyMatch(one -> one.scheme().equals(missing.scheme())
                        && name(one).equals(name)
                        && !kind(one).equals(kind));
        if (swapped && (kind.equals("models/") || kind.equals("datasets/"))) {
            String other = kind.equals("models/") ? "dataset" : "model";
            return "; there is a " + other + " of that name: move the entry to the list of " + other + "s";
        }
        Optional<ArtifactRef> elsewhere =
                known.stream().filter(one -> name(one).equals(name)).findFirst();
        if (elsewhere.isPresent()) {
            return "; did you mean " + elsewhere.get().text() + "?";
        }
        return alike.stream()
                .filter(one -> last(one).equals(last(name)))
                .findFirst()
                .map(one -> "; did you mean " + Printable.quoted(one) + "?")
                .orElse("");
    }

    private static String kind(ArtifactRef artifact) {
        return artifact.name().substring(0, artifact.name().indexOf('/') + 1);
    }

    private static String name(ArtifactRef artifact) {
        return artifact.name().substring(artifact.name().indexOf('/') + 1);
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
