package io.synctools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.SyncReport.Failure;
import io.synctools.internal.retry.Incidents;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Calls a listener one event at a time, and lets nothing that it throws reach the run. Thread-safe. */
final class GuardedListener implements SyncListener {
    private static final System.Logger LOG = System.getLogger(GuardedListener.class.getName());

    private final SyncListener listener;

    @GuardedBy("this")
    private boolean finished;

    GuardedListener(SyncListener listener) {
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
    public void requested(SyncItem item, Request request) {
        tell(to -> to.requested(item, request));
    }

    @Override
    public void retried(SyncItem item, Retry retry) {
        tell(to -> to.retried(item, retry));
    }

    @Override
    public void paused(SyncItem item, String host, Duration pause) {
        tell(to -> to.paused(item, host, pause));
    }

    /** What befalls the work for an item, as the listener hears it; not what comes after the run. */
    Incidents incidentsOf(SyncItem item) {
        return listener == SyncListener.NONE ? Incidents.NONE : new Heard(item);
    }

    @Override
    public synchronized void runFinished(SyncReport report) {
        tell(to -> to.runFinished(report));
        finished = true;
    }

    private synchronized void tell(Consumer<SyncListener> event) {
        if (finished) {
            return; // a thread that hung came back
        }
        try {
            event.accept(listener);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.WARNING, "a listener threw; the run goes on without it hearing this", e);
        }
    }

    /** Makes events of what befalls the work for one item. */
    private final class Heard implements Incidents {
        private final SyncItem item;

        Heard(SyncItem item) {
            this.item = item;
        }

        @Override
        public void requested(String method, String host, String path, OptionalInt status, long bytes, Duration time) {
            GuardedListener.this.requested(item, new Request(method, host, path, status, bytes, time));
        }

        @Override
        public void paused(String host, Duration pause) {
            GuardedListener.this.paused(item, host, pause);
        }

        @Override
        public void retried(String what, int failures, String reason, Duration pause) {
            GuardedListener.this.retried(item, new Retry(what, failures, reason, pause));
        }
    }
}
