package io.synctools.config;

import io.synctools.internal.text.Printable;
import java.util.regex.Pattern;

/** What may name a revision: a branch, a tag, {@code refs/pr/N} or a commit; it becomes a part of addresses and paths. */
final class RevisionName {
    private static final int MOST = 200;
    private static final Pattern FORBIDDEN = Pattern.compile("[\\p{Cntrl}\\s~^:?*\\[\\\\$`\"'<>|&;(){}!#%]");

    private RevisionName() {}

    /** The text itself if it may name a revision. */
    static String check(String text) throws RefusedValueException {
        String shown = Printable.quoted(text);
        if (text.isBlank()) {
            throw new RefusedValueException("the revision is empty; leave it out for the default branch");
        }
        var forbidden = FORBIDDEN.matcher(text);
        if (forbidden.find()) {
            throw new RefusedValueException(
                    "the revision " + shown + " holds " + Printable.character(text.codePointAt(forbidden.start()))
                            + "; write the name of a branch or tag, or a commit");
        }
        if (text.startsWith("-") || text.startsWith("/") || text.endsWith("/") || text.endsWith(".")) {
            throw new RefusedValueException(
                    "the revision " + shown + " begins or ends in a way that no branch, tag or commit does");
        }
        if (text.contains("..")
                || text.contains("//")
                || text.contains("@{")
                || text.startsWith(".")
                || text.contains("/.")) {
            throw new RefusedValueException("the revision " + shown + " is no name of a branch, tag or commit");
        }
        if (text.length() > MOST) {
            throw new RefusedValueException("the revision " + shown + " is longer than " + MOST + " characters");
        }
        return text;
    }
}
