package io.synctools;

import io.synctools.SyncReport.Failure;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Hears what a run does.
 *
 * <p>Legal order, where the callbacks of different items come interleaved: {@code runStarted item* runFinished}, and each
 * item is {@code itemStarted? (entryFailed | itemChecked (entryPulled | entryFailed)*)* itemFinished}. {@code itemChecked}
 * comes again when the source moved on during the run and the item starts over; {@code itemStarted} is missing where
 * the run was interrupted before the item's turn. {@code requested}, {@code retried} and {@code paused} come at any time
 * between {@code runStarted} and {@code runFinished}; what items of one source artifact ask together is told of one of them.
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

    /**
     * A request for an item ended; redirects and questions for tokens are requests of their own. Those that a tool such as
     * skopeo sends are not heard.
     */
    default void requested(SyncItem item, Request request) {}

    /** Something failed, and is tried again after a pause. */
    default void retried(SyncItem item, Retry retry) {}

    /**
     * A host that was asked for an item wants to be left alone: all requests to it wait so long, whoever makes them.
     *
     * @param host with its port
     */
    default void paused(SyncItem item, String host, Duration pause) {}

    /** An item ended. */
    default void itemFinished(SyncItem item, SyncReport.Item result) {}

    /** The run ended. */
    default void runFinished(SyncReport report) {}

    /**
     * One HTTP request that ended.
     *
     * @param method {@code GET}, for example
     * @param host whom it was meant for, with the port where that is not the scheme's own
     * @param path without query, and without credentials that were sent
     * @param status of the answer; empty where none came
     * @param bytes of the body that came
     * @param time from its begin until its answer was read or left
     */
    record Request(String method, String host, String path, OptionalInt status, long bytes, Duration time) {}

    /**
     * One failure of an operation that is tried again.
     *
     * @param what the operation and its object, for example {@code pull huggingface:models/org/name}
     * @param failures of it so far, this one included
     * @param reason what failed, for people
     * @param pause before the next try
     */
    record Retry(String what, int failures, String reason, Duration pause) {}
}
