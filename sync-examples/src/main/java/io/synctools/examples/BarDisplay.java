package io.synctools.examples;

import io.synctools.Activity;
import io.synctools.Activity.Transfer;
import io.synctools.PlanPrinter;
import java.io.PrintStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * Progress bars on a terminal: one for the run and a few for the biggest files. The bars are made once, in order, by one
 * thread, and nothing else is printed while they live, since both would tear the screen: lines wait until the end.
 */
final class BarDisplay implements Display {
    private static final int SLOTS = 4;
    private static final int NAME = 40;

    private final PrintStream out;
    private final Clock clock;
    private final List<String> kept = new ArrayList<>();
    private final List<ProgressBar> bars = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final ScheduledExecutorService ticker = Ticker.create();
    private final Speed speed = new Speed();

    BarDisplay(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public void start(Supplier<Activity> activity) {
        synchronized (kept) {
            for (int slot = 0; slot <= SLOTS; slot++) {
                texts.add("");
                bars.add(bar(slot));
                bars.get(slot).refresh();
            }
        }
        var unused = ticker.scheduleAtFixedRate(() -> show(activity.get()), 0, 500, TimeUnit.MILLISECONDS);
    }

    private ProgressBar bar(int slot) {
        return new ProgressBarBuilder()
                .setInitialMax(1)
                .setUpdateIntervalMillis(Integer.MAX_VALUE) // we refresh, and
                .continuousUpdate() // without this a refresh is skipped unless the bar's own number has grown
                .clearDisplayOnFinish()
                .setRenderer((state, width) -> fitted(texts.get(slot), Math.max(0, width)))
                .build();
    }

    /** As wide as the terminal, so that nothing of the line before remains. */
    private static String fitted(String text, int width) {
        return text.length() > width ? text.substring(0, width) : text + " ".repeat(width - text.length());
    }

    private void show(Activity activity) {
        synchronized (kept) {
            speed.add(clock.instant(), activity);
            texts.set(0, gauge(activity.bytesDone(), activity.bytes()) + "  " + Heartbeat.text(activity, speed));
            List<Transfer> biggest = activity.transfers().stream()
                    .sorted(Comparator.comparingLong(
                                    (Transfer one) -> one.entry().size())
                            .reversed())
                    .limit(SLOTS)
                    .toList();
            for (int slot = 1; slot <= SLOTS; slot++) {
                texts.set(slot, slot <= biggest.size() ? text(biggest.get(slot - 1)) : "");
            }
            bars.forEach(ProgressBar::refresh);
        }
    }

    private static String text(Transfer transfer) {
        long size = transfer.entry().size();
        String name = transfer.item().label() + "  " + transfer.entry().path();
        String end = name.length() > NAME ? "…" + name.substring(name.length() - NAME + 1) : name;
        String bytes = size < 0 ? "" : "  " + PlanPrinter.size(transfer.done()) + " of " + PlanPrinter.size(size);
        return gauge(transfer.done(), size) + "  " + end + bytes;
    }

    static String gauge(long done, long all) {
        int filled = all <= 0 ? 0 : (int) Math.min(20, 20 * done / all);
        return "[" + "#".repeat(filled) + " ".repeat(20 - filled) + "]";
    }

    @Override
    public void line(String text) {
        synchronized (kept) {
            if (bars.isEmpty()) {
                out.println(text);
            } else {
                kept.add(text);
            }
        }
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        synchronized (kept) {
            bars.forEach(ProgressBar::close);
            bars.clear();
            kept.forEach(out::println);
            kept.clear();
            out.flush();
        }
    }
}
