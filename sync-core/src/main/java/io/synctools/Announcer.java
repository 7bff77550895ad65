package io.synctools;

import io.synctools.SyncReport.Failure;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Calls a listener one event at a time, and lets nothing that it throws reach the run. Thread-safe. */
final class Announcer implements SyncListener {
    private static final System.Logger LOG = System.getLogger(Announcer.class.getName());

    private final SyncListener listener;

    Announcer(SyncListener listener) {
        this.listener = listener;
    }

    @Override
    public void runStarted(SyncPlan plan, Supplier<Activity> activity) {
        tell(to -> to.runStarted(plan, activity));
    }

    @Override
    public void itemStarted(SyncItem item) {
        tell(to -> to.itemStarted(item));
    }

    @Override
    public void itemChecked(SyncItem item, int entries, int missing, long missingBytes) {
        tell(to -> to.itemChecked(item, entries, missing, missingBytes));
    }

    @Override
    public void entryPulled(SyncItem item, Entry entry) {
        tell(to -> to.entryPulled(item, entry));
    }

    @Override
    public void entryFailed(SyncItem item, Failure failure) {
        tell(to -> to.entryFailed(item, failure));
    }

    @Override
    public void itemFinished(SyncItem item, SyncReport.Item result) {
        tell(to -> to.itemFinished(item, result));
    }

    @Override
    public void runFinished(SyncReport report) {
        tell(to -> to.runFinished(report));
    }

    private synchronized void tell(Consumer<SyncListener> event) {
        try {
            event.accept(listener);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.WARNING, "a listener threw; the run goes on without it hearing this", e);
        }
    }
}
