package io.synctools.examples;

import io.synctools.model.SyncPlan;

/** What one flow declares. */
interface Flow {

    /**
     * The plan, composed without network.
     *
     * @throws io.synctools.PlanException if the lists have faults, with all of them
     */
    SyncPlan plan(Lists lists);
}
