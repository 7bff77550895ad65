package io.synctools.huggingface;

import io.synctools.internal.disk.OpenedFolders;
import io.synctools.internal.disk.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * What a ref names at one moment: equal for as long as nobody moves it.
 *
 * @param commit which; empty where there is no ref, or it does not hold a commit
 * @param file tells the ref's file apart from one that took its place
 */
record CacheRef(Optional<String> commit, String file) {

    /** Reads a ref; its folder is opened first. A revision that is itself a commit has none, and nothing moves it. */
    static CacheRef of(CachePaths repo, String revision) throws IOException {
        if (RepoId.isCommit(revision)) {
            return new CacheRef(Optional.of(revision), "");
        }
        Path ref = repo.refs().resolve(revision);
        new OpenedFolders(repo.folder()).open(ref.resolveSibling(""));
        String file = Stat.of(ref)
                .map(BasicFileAttributes::fileKey)
                .map(Object::toString)
                .orElse("");
        return new CacheRef(repo.commitOf(revision), file);
    }
}
