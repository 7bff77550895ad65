package io.synctools.mirror;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What prune may remove beyond what nobody declares.
 *
 * @param keep how many of the newest revisions without a name stay in a declared repository
 * @param olderThan only what was published longer ago than this goes; empty for everything
 * @param maxDelete more removals than this, and nothing is removed; empty for no such limit
 * @param foreign whether also what we did not publish may go
 */
public record PruneRules(int keep, Optional<Duration> olderThan, OptionalInt maxDelete, boolean foreign) {

    /** Everything that is ours and undeclared. */
    public static final PruneRules PLAIN = new PruneRules(0, Optional.empty(), OptionalInt.empty(), false);
}
