package io.synctools;

import io.synctools.SyncReport.Failure;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.util.function.Supplier;

/**
 * Hears what a run does.
 *
 * <p>Legal order, where the callbacks of different items come interleaved: {@code runStarted item* runFinished}, and each
 * item is {@code itemStarted? (entryFailed | itemChecked (entryPulled | entryFailed)*)* itemFinished}. {@code itemChecked}
 * comes again when the source moved on during the run and the item starts over; {@code itemStarted} is missing where
 * the run was interrupted before the item's turn.
 *
 * <p>Called one at a time, on threads of the engine: an implementation needs no locks, must be quick, and must not call
 * back into the engine. What it throws is logged and changes nothing. Bytes are not announced one by one: ask the
 * activity that {@link #runStarted} hands out, as often as you like.
 */
public interface SyncListener {

    /** Hears nothing. */
    SyncListener NONE = new SyncListener() {};

    /**
     * The run begins.
     *
     * @param activity what goes on at the moment of asking; thread-safe and cheap
     */
    default void runStarted(SyncPlan plan, Supplier<Activity> activity) {}

    /** Work on an item begins. */
    default void itemStarted(SyncItem item) {}

    /**
     * All entries of an item were compared with what is there.
     *
     * @param entries declared
     * @param missing how many of them are to be fetched
     * @param missingBytes their sizes together
     */
    default void itemChecked(SyncItem item, int entries, int missing, long missingBytes) {}

    /** An entry that was missing is here. */
    default void entryPulled(SyncItem item, Entry entry) {}

    /** An entry could not be compared or fetched. */
    default void entryFailed(SyncItem item, Failure failure) {}

    /** An item ended. */
    default void itemFinished(SyncItem item, SyncReport.Item result) {}

    /** The run ended. */
    default void runFinished(SyncReport report) {}
}
