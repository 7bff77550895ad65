package io.synctools.huggingface;

import io.synctools.file.Disk;
import io.synctools.file.NameGuard;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the hub's clients remember of one commit beside its snapshot: its listing, and the files that they did not find
 * (docs/protocols/huggingface.md section 6). Where it says something else than what is there, they fail offline.
 */
record ClientState(CachePaths repo, String commit) {

    /** The marks of clients for files that they did not find at this commit, and that are there. */
    List<Path> absentByMistake() throws IOException {
        Path marks = repo.absent(commit);
        if (!Stat.isFolder(marks, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        List<Path> wrong = new ArrayList<>();
        try (Stream<Path> all = Files.walk(marks)) {
            for (Path mark : (Iterable<Path>) all::iterator) {
                Path file = repo.snapshot(commit).resolve(marks.relativize(mark).toString());
                if (Stat.isFile(mark, LinkOption.NOFOLLOW_LINKS) && Stat.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    wrong.add(mark);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return wrong;
    }

    /** How many files the clients' listing promises; 0 where there is none. */
    long promised() throws IOException {
        return TreeCache.count(repo.tree(commit));
    }

    /** Whether it says something else than what will be there once a listing is published. */
    boolean misleads(Listing listing) throws IOException {
        return !absentByMistake().isEmpty() || (Stat.exists(repo.tree(commit)) && promisesTooMuch(listing));
    }

    /** Makes it agree with a listing whose snapshot is there. */
    void agreeWith(Listing listing, Disk disk) throws IOException {
        for (Path mark : absentByMistake()) {
            disk.delete(mark);
        }
        Path tree = repo.tree(commit);
        if (promisesTooMuch(listing)) {
            disk.delete(tree);
        } else if (TreeCache.isKnown(listing) && TreeCache.isWhole(listing)) {
            Rights.makeFolders(tree.resolveSibling(""));
            disk.replace(tree, repo.temporary(), out -> TreeCache.write(listing, out));
        }
    }

    /**
     * Whether the clients' listing of the commit would promise what is not there: their offline loading fails where a listed
     * file is absent, and takes a snapshot as it is where there is no listing.
     */
    private boolean promisesTooMuch(Listing listing) throws IOException {
        for (Entry entry : listing.leftOut()) {
            if (!isPlainName(entry) || !Stat.exists(repo.snapshot(commit).resolve(entry.path()))) {
                return true;
            }
        }
        return false;
    }

    /** What is left out was not checked: it may have names that lead elsewhere. */
    private static boolean isPlainName(Entry entry) {
        try {
            NameGuard.check(List.of(entry), Set.of());
            return true;
        } catch (SyncException e) {
            return false;
        }
    }
}
