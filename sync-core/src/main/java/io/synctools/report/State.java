package io.synctools.report;

import io.synctools.Outcome;
import io.synctools.SyncReport.Item;
import io.synctools.model.FailureKind;

/** How an item stands with a runner, the worst last. A colour and a sign each, so that neither is needed alone. */
enum State {
    UNDECLARED("dim", "·", "not declared there"),
    THERE("good", "✓", "there"),
    /** Whole when it was looked at last; now nobody could or had the time to ask its hub. */
    UNCHECKED("held", "?", "was there, could not be checked"),
    HELD("held", "◷", "held by another runner"),
    MISSING("bad", "✗", "not there");

    final String style;
    final String sign;
    final String meaning;

    State(String style, String sign, String meaning) {
        this.style = style;
        this.sign = sign;
        this.meaning = meaning;
    }

    /**
     * How a run found an item.
     *
     * @param before how the run before found it; {@link #UNDECLARED} where there was none. After {@link #HELD} it is missing:
     *     somebody had work to do there
     */
    static State of(Item item, State before) {
        if (item.well()) {
            return THERE;
        }
        if (item.outcome() == Outcome.HELD_BY_ANOTHER) {
            return HELD;
        }
        return (before == THERE || before == UNCHECKED) && unanswered(item) ? UNCHECKED : MISSING;
    }

    /** Whether the run learnt nothing of the item: not even its listing came, and for want of an answer only. */
    private static boolean unanswered(Item item) {
        return item.entries().total() == 0
                && !item.failures().isEmpty()
                && item.failures().stream().allMatch(failure -> isWantOfAnswer(failure.kind()));
    }

    private static boolean isWantOfAnswer(FailureKind kind) {
        return switch (kind) {
            case UNAVAILABLE, TIMEOUT, RATE_LIMITED, INTERRUPTED -> true;
            case NOT_FOUND, ACCESS, CHECKSUM, UNSAFE_NAME, NO_SPACE, DISK, INCOMPATIBLE, OTHER -> false;
        };
    }
}
