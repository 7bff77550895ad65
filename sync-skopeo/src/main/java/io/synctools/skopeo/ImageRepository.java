package io.synctools.skopeo;

import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An image repository by the names people give it.
 *
 * @param host the registry, lower case, with its port where one is named; Docker Hub is always {@code docker.io}
 * @param path the name at that registry, for example {@code ascend/cann}
 */
record ImageRepository(String host, String path) {
    private static final Pattern HOST =
            Pattern.compile("(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\\[[0-9a-f:]+])(?::\\d+)?");
    private static final Pattern PATH =
            Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*");
    private static final String DOCKER_HUB = "docker.io";
    private static final Set<String> DOCKER_HUB_NAMES = Set.of("docker.io", "index.docker.io", "registry-1.docker.io");

    /** The repository that a reference names; refused where it is not {@code HOST/NAME}. */
    static ImageRepository of(ArtifactRef ref) {
        return parse(ref.name());
    }

    /**
     * Reads {@code HOST/NAME}. Docker Hub's other hosts become {@code docker.io}, and {@code library/} is put before a
     * name of one element there (docs/protocols/skopeo-and-registries.md section 7).
     */
    static ImageRepository parse(String name) {
        int slash = name.indexOf('/');
        String host = canonicalHost(slash < 0 ? "" : name.substring(0, slash));
        String path = name.substring(slash + 1);
        boolean looksLikeHost = host.contains(".") || host.contains(":") || host.equals("localhost");
        if (!looksLikeHost || !isHost(host) || !PATH.matcher(path).matches() || name.length() > 255) {
            throw new SyncException(
                    FailureKind.UNSAFE_NAME,
                    "\"" + name + "\" is not an image repository: write HOST/NAME in lower case and without a tag,"
                            + " for example quay.io/ascend/cann");
        }
        boolean official = host.equals(DOCKER_HUB) && !path.contains("/");
        return new ImageRepository(host, official ? "library/" + path : path);
    }

    /** The host as we name it: lower case, and one name for Docker Hub. */
    static String canonicalHost(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return DOCKER_HUB_NAMES.contains(lower) ? DOCKER_HUB : lower;
    }

    /** Whether it may stand as a host, with or without a port. */
    static boolean isHost(String host) {
        return HOST.matcher(host).matches();
    }

    /** {@code HOST/NAME}. */
    @Override
    public String toString() {
        return host + "/" + path;
    }
}
