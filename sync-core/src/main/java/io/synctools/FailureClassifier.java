package io.synctools;

import io.synctools.SyncReport.Failure;
import io.synctools.internal.retry.Failures;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.io.IOException;

/** Turns what was thrown into what is reported, and says what it means for the rest. */
final class FailureClassifier {
    private static final System.Logger LOG = System.getLogger(FailureClassifier.class.getName());

    private FailureClassifier() {}

    /** What to report for one entry, or with an empty name for a whole item. */
    static Failure of(String entry, Throwable thrown) {
        if (thrown instanceof SyncException e) {
            return new Failure(entry, e.kind(), Failures.message(e), e.retryable());
        }
        if (thrown instanceof InterruptedException) {
            return interrupted(entry);
        }
        if (thrown instanceof IOException e) {
            return new Failure(entry, Failures.kind(e), Failures.message(e), Failures.mayPass(e));
        }
        LOG.log(System.Logger.Level.DEBUG, "unexpected failure of " + (entry.isEmpty() ? "an item" : entry), thrown);
        StackTraceElement[] trace = thrown.getStackTrace();
        String where = trace.length == 0 ? "" : " at " + trace[0];
        return new Failure(
                entry,
                FailureKind.OTHER,
                "unexpected " + thrown + where + "; this is a fault of sync-tools or of a platform, report it",
                false);
    }

    /** What to report for work that an interruption cut off. */
    static Failure interrupted(String entry) {
        return new Failure(
                entry, FailureKind.INTERRUPTED, "the run was interrupted; the next one goes on from here", true);
    }

    /** What to report where entries are not there and nothing was told of them: a report is never silent about that. */
    static Failure unexplained(SyncReport.Entries entries) {
        return new Failure(
                "",
                FailureKind.OTHER,
                entries.failed() + " of " + entries.total() + " entries are not there, and no step said why; this is a"
                        + " fault of sync-tools or of a platform, report it",
                true);
    }

    /** Whether the source may have moved on since it was pinned. */
    static boolean smellsOfMove(FailureKind kind) {
        return kind == FailureKind.NOT_FOUND || kind == FailureKind.CHECKSUM;
    }

    /** Whether the next entries will probably meet the same: it is about the host or the disk, not about an entry. */
    static boolean concernsAll(FailureKind kind) {
        return switch (kind) {
            case RATE_LIMITED, UNAVAILABLE, TIMEOUT, NO_SPACE, DISK -> true;
            case NOT_FOUND, ACCESS, CHECKSUM, UNSAFE_NAME, INCOMPATIBLE, INTERRUPTED, OTHER -> false;
        };
    }
}
