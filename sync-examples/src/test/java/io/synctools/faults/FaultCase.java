package io.synctools.faults;

import io.synctools.Outcome;
import io.synctools.model.FailureKind;
import io.synctools.testing.FaultHub;
import io.synctools.testing.HubRepo;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/**
 * One row of the table: what goes wrong, for whom, and how the run ends.
 *
 * @param name for people
 * @param applies on which routes and to which victims
 * @param strike prepares the hub
 * @param outcome how the item ends
 * @param kinds of its failures, where it fails: one of these
 */
record FaultCase(
        String name,
        BiPredicate<MirrorRoute, Victim> applies,
        BiConsumer<FaultHub, Scene> strike,
        Outcome outcome,
        Set<FailureKind> kinds) {

    /**
     * Where a fault strikes.
     *
     * @param repo as it is listed
     */
    record Scene(MirrorRoute route, Victim victim, HubRepo repo) {}

    FaultCase {
        kinds = Set.copyOf(kinds);
    }

    /** All goes well in the end. */
    static FaultCase survived(String name, BiConsumer<FaultHub, Scene> strike) {
        return new FaultCase(name, (route, victim) -> true, strike, Outcome.COPIED, Set.of());
    }

    /** The item fails, for one of these reasons. */
    static FaultCase fatal(String name, BiConsumer<FaultHub, Scene> strike, FailureKind... kinds) {
        return new FaultCase(name, (route, victim) -> true, strike, Outcome.FAILED, Set.of(kinds));
    }

    /** The same for some routes and victims only. */
    FaultCase where(BiPredicate<MirrorRoute, Victim> also) {
        return new FaultCase(name, applies.and(also), strike, outcome, kinds);
    }
}
