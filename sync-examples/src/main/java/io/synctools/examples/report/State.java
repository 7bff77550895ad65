package io.synctools.examples.report;

import io.synctools.Outcome;
import io.synctools.SyncReport.Item;

/** How an item stands with a runner. A colour and a sign each, so that neither is needed alone. */
enum State {
    THERE("good", "✓", "there"),
    MISSING("bad", "✗", "not there"),
    HELD("held", "◷", "held by another runner"),
    UNDECLARED("dim", "·", "not declared there");

    final String style;
    final String sign;
    final String meaning;

    State(String style, String sign, String meaning) {
        this.style = style;
        this.sign = sign;
        this.meaning = meaning;
    }

    static State of(Item item) {
        if (item.well()) {
            return THERE;
        }
        return item.outcome() == Outcome.HELD_BY_ANOTHER ? HELD : MISSING;
    }
}
