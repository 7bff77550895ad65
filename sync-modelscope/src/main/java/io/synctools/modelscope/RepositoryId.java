package io.synctools.modelscope;

import io.synctools.internal.text.Printable;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.nio.charset.StandardCharsets;

/**
 * A repository of the hub by its name {@code models/<owner>/<name>} or {@code datasets/<owner>/<name>}.
 *
 * @param kind model or dataset
 * @param owner a user or an organization
 * @param name the repository's own name
 */
record RepositoryId(Kind kind, String owner, String name) {

    /** The two kinds of repositories, which the hub serves at different addresses. */
    enum Kind {
        MODEL("models"),
        DATASET("datasets");

        private final String plural;

        Kind(String plural) {
            this.plural = plural;
        }

        /** The word in addresses and folders. */
        String plural() {
            return plural;
        }
    }

    /**
     * Reads a reference's name.
     *
     * @throws SyncException {@code UNSAFE_NAME} if it has another form, or parts that cannot be folders
     */
    static RepositoryId of(ArtifactRef ref) {
        String[] parts = ref.name().split("/", -1);
        if (parts.length == 3 && isFolder(parts[1]) && isFolder(parts[2])) {
            for (Kind kind : Kind.values()) {
                if (kind.plural.equals(parts[0])) {
                    return new RepositoryId(kind, parts[1], parts[2]);
                }
            }
        }
        throw new SyncException(
                FailureKind.UNSAFE_NAME,
                "\"" + Printable.words(ref.name())
                        + "\" is not a ModelScope repository; write models/<owner>/<name> or datasets/<owner>/<name>,"
                        + " without a leading dot, a backslash or control characters");
    }

    private static boolean isFolder(String part) {
        return !part.isEmpty()
                && part.charAt(0) != '.'
                && !isUnsafe(part)
                && mangled(part).getBytes(StandardCharsets.UTF_8).length <= 255;
    }

    private static boolean isUnsafe(String part) {
        for (int i = 0; i < part.length(); i++) {
            if (part.charAt(i) == '\\' || Character.isISOControl(part.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    /** {@code owner/name}, as people write it. */
    String id() {
        return owner + "/" + name;
    }

    /** {@code model owner/name}, for messages. */
    String words() {
        return (kind == Kind.MODEL ? "model " : "dataset ") + id();
    }

    /** The name of its folder in the cache, where the client writes {@code ___} for every dot (section 6.1). */
    String folderName() {
        return mangled(name);
    }

    private static String mangled(String name) {
        return name.replace(".", "___");
    }
}
