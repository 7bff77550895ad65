package io.synctools.huggingface;

import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.util.regex.Pattern;

/**
 * A repository's name by the hub's own rules (docs/protocols/huggingface.md section 2).
 *
 * @param kind {@code models} or {@code datasets}
 * @param id {@code name} or {@code namespace/name}
 */
record RepoId(String kind, String id) {
    static final String DEFAULT_REVISION = "main";

    private static final Pattern KIND = Pattern.compile("models|datasets");
    private static final Pattern ID = Pattern.compile("(\\w([\\w.-]*\\w)?/)?\\w([\\w.-]{0,94}\\w)?");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern NO_REVISION =
            Pattern.compile("(^|/)\\.|\\.\\.|//|^/|/$|^-|\\.lock(/|$)|@\\{|[\\x00-\\x20\\x7f~^:?*\\[\\\\]");

    RepoId {
        boolean good = KIND.matcher(kind).matches() && ID.matcher(id).matches();
        if (!good || id.contains("--") || id.contains("..") || id.endsWith(".git")) {
            throw new SyncException(
                    FailureKind.UNSAFE_NAME,
                    "'" + kind + "/" + id + "' is no Hugging Face repository: write models/organization/name or"
                            + " datasets/organization/name");
        }
    }

    /** The repository that a reference names. */
    static RepoId of(ArtifactRef ref) {
        int slash = ref.name().indexOf('/');
        return new RepoId(
                ref.name().substring(0, Math.max(0, slash)), ref.name().substring(slash + 1));
    }

    /** Whether the text is a full commit id, which nothing moves. */
    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** The declared revision, or the hub's default; refuses what git would not take for the name of one. */
    static String revision(ArtifactRef ref) {
        String revision = ref.revision().isEmpty() ? DEFAULT_REVISION : ref.revision();
        if (NO_REVISION.matcher(revision).find()) {
            throw new SyncException(
                    FailureKind.UNSAFE_NAME,
                    ref.text() + ": '" + revision + "' is no branch, tag or commit; correct the revision in the list");
        }
        return revision;
    }

    /** The commit that a reference is pinned to. */
    static String commit(ArtifactRef pinned) {
        if (!isCommit(pinned.pin())) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    pinned.text() + " is not pinned to a commit, but to '" + pinned.pin() + "'; the Hugging Face cache"
                            + " holds Hugging Face repositories only, use a local directory for others");
        }
        return pinned.pin();
    }

    /** The folder's name in the cache: {@code models--organization--name}. */
    String folder() {
        return kind + "--" + id.replace("/", "--");
    }

    /** What stands before the id in addresses of pages and files: nothing for models. */
    String prefix() {
        return kind.equals("models") ? "" : kind + "/";
    }

    @Override
    public String toString() {
        return kind + "/" + id;
    }
}
