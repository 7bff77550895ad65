package io.synctools.testing;

import io.synctools.Activity;
import io.synctools.SyncListener;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Remembers what a run announced, and checks that the order was legal. */
public final class RecordingListener implements SyncListener {
    private static final Pattern ITEM = Pattern.compile("S?(F|C(P|F)*)*E");

    private final List<String> events = new ArrayList<>();
    private final Map<SyncItem, StringBuilder> orders = new LinkedHashMap<>();
    private int starts;
    private int ends;
    private Supplier<Activity> activity = () -> new Activity(0, 0, 0, 0, 0, 0, 0, List.of(), Map.of());

    /** A listener that has heard nothing. */
    public RecordingListener() {}

    /** All events in order, one word and a name each. */
    public synchronized List<String> events() {
        return List.copyOf(events);
    }

    /** The activity of the run. */
    public synchronized Activity activity() {
        return activity.get();
    }

    /**
     * Checks the order of all that was heard against the grammar of {@link SyncListener}.
     *
     * @throws AssertionError if it was not legal
     */
    public synchronized void assertLegalOrder() {
        if (starts != 1 || ends != 1) {
            throw new AssertionError("run started " + starts + " times, finished " + ends + " times");
        }
        orders.forEach((item, order) -> {
            if (!ITEM.matcher(order).matches()) {
                throw new AssertionError("illegal order for " + item.from() + ": " + order);
            }
        });
    }

    @Override
    public synchronized void runStarted(SyncPlan plan, Supplier<Activity> now) {
        starts++;
        activity = now;
        events.add("runStarted " + plan.flow());
    }

    @Override
    public synchronized void itemStarted(SyncItem item) {
        heard(item, 'S', "itemStarted " + item.label());
    }

    @Override
    public synchronized void itemChecked(SyncItem item, int entries, int missing, long missingBytes) {
        heard(item, 'C', "itemChecked " + item.label() + " " + missing + "/" + entries);
    }

    @Override
    public synchronized void entryPulled(SyncItem item, Entry entry) {
        heard(item, 'P', "entryPulled " + item.label() + " " + entry.path());
    }

    @Override
    public synchronized void entryFailed(SyncItem item, Failure failure) {
        heard(item, 'F', "entryFailed " + item.label() + " " + failure.entry());
    }

    @Override
    public synchronized void itemFinished(SyncItem item, SyncReport.Item result) {
        heard(item, 'E', "itemFinished " + item.label() + " " + result.outcome());
    }

    @Override
    public synchronized void requested(SyncItem item, Request request) {
        within("requested " + request);
    }

    @Override
    public synchronized void retried(SyncItem item, Retry retry) {
        within("retried " + retry);
    }

    @Override
    public synchronized void paused(SyncItem item, String host, Duration pause) {
        within("paused " + host);
    }

    @Override
    public synchronized void runFinished(SyncReport report) {
        ends++;
        events.add("runFinished " + report.exit());
    }

    private void within(String event) {
        if (starts != 1 || ends != 0) {
            throw new AssertionError(event + " outside of the run");
        }
    }

    private void heard(SyncItem item, char letter, String event) {
        within(event);
        orders.computeIfAbsent(item, any -> new StringBuilder()).append(letter);
        events.add(event);
    }
}
