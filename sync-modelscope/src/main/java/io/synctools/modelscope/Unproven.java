package io.synctools.modelscope;

import io.synctools.internal.text.Printable;
import io.synctools.model.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Says what is known of files whose SHA-256 the hub does not tell. A change of one shows in the commit that last changed it,
 * which is part of the listing's fingerprint: while that stays, nothing is fetched again.
 */
final class Unproven {
    private static final int SHOWN = 3;

    private Unproven() {}

    /** A sentence on those with a commit, and one on those without. */
    static List<String> notes(List<Entry> declared) {
        List<String> notes = new ArrayList<>();
        for (boolean hasCommit : List.of(true, false)) {
            List<Entry> files = declared.stream()
                    .filter(file ->
                            file.checksum().isEmpty() && file.attributes().containsKey(FileList.REVISION) == hasCommit)
                    .toList();
            if (!files.isEmpty()) {
                notes.add(files.size() == 1 ? one(files, hasCommit) : several(files, hasCommit));
            }
        }
        return notes;
    }

    private static String one(List<Entry> files, boolean hasCommit) {
        return "the hub tells no SHA-256 of " + names(files)
                + (hasCommit
                        ? ": it is verified by its size, and known by the commit that last changed it"
                        : ", nor the commit that last changed it: it is verified by its size, and fetched whenever something"
                                + " else changes")
                + "; the proof holds the checksum of what came";
    }

    private static String several(List<Entry> files, boolean hasCommit) {
        return "the hub tells no SHA-256 of " + names(files)
                + (hasCommit
                        ? ": they are verified by their sizes, and known by the commits that last changed them"
                        : ", nor the commits that last changed them: they are verified by their sizes, and fetched whenever"
                                + " something else changes")
                + "; the proof holds the checksums of what came";
    }

    private static String names(List<Entry> files) {
        String shown = files.stream()
                .limit(SHOWN)
                .map(file -> Printable.words(file.path()))
                .collect(Collectors.joining(", "));
        return files.size() <= SHOWN ? shown : shown + " and " + (files.size() - SHOWN) + " more";
    }
}
