package io.synctools.examples;

import io.synctools.Activity.Transfer;
import io.synctools.model.SyncItem;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * Progress bars on a terminal: one for the run and a few for the biggest files, below the lines that stay. The library's
 * own console would open a second terminal library, which takes Ctrl-C away from us: the bars are drawn on our screen.
 */
final class BarDisplay implements Display {
    private static final int MOST = 4;
    private static final int GAUGE = 12;

    private final Screen screen;
    private final Clock clock;
    private final List<Bar> bars = new ArrayList<>();
    private final ScheduledExecutorService ticker = Ticker.create();
    private final Speed speed = new Speed();
    private boolean closed;

    BarDisplay(Screen screen, Clock clock) {
        this.screen = screen;
        this.clock = clock;
        for (int bar = 0; bar <= MOST; bar++) {
            bars.add(new Bar());
        }
    }

    @Override
    public synchronized void start(Supplier<ProgressText> standing) {
        Signals.handle("WINCH", screen::resize);
        var unused = ticker.scheduleAtFixedRate(() -> show(standing.get()), 0, 500, TimeUnit.MILLISECONDS);
    }

    /** Draws where the run stands. */
    synchronized void show(ProgressText standing) {
        if (closed) {
            return;
        }
        speed.add(clock.instant(), standing.activity());
        int width = screen.size().columns() - 1;
        List<String> lines = new ArrayList<>();
        lines.add(bars.get(0)
                .text(
                        standing.activity().bytesDone(),
                        standing.activity().bytes(),
                        fitted(standing.parts(speed), width)));
        lines.addAll(standing.pauses());
        int room = Math.max(0, Math.min(MOST, screen.size().rows() - 4));
        List<Transfer> biggest = standing.activity().transfers().stream()
                .sorted(Comparator.comparingLong((Transfer one) -> one.entry().size())
                        .reversed())
                .limit(room)
                .toList();
        for (int bar = 1; bar <= biggest.size(); bar++) {
            Transfer transfer = biggest.get(bar - 1);
            lines.add(bars.get(bar)
                    .text(transfer.done(), transfer.entry().size(), text(transfer, standing.names(), width)));
        }
        screen.draw(lines);
    }

    /** As many parts as the width has room for beside the gauge; items, which tell of failures, always. */
    private static String fitted(List<String> parts, int width) {
        List<String> all = new ArrayList<>(parts);
        while (all.size() > 1 && Screen.columns(String.join("  ", all)) + gauge(width) > width) {
            int last = all.size() - 1;
            all.remove(all.get(last).startsWith("items ") ? last - 1 : last);
        }
        return String.join("  ", all);
    }

    private static String text(Transfer transfer, Function<SyncItem, String> names, int width) {
        long size = transfer.entry().size();
        String bytes = size < 0 ? "" : "  " + ProgressText.portion(transfer.done(), size, " of ");
        String name = names.apply(transfer.item()) + "  " + transfer.entry().path();
        int room = Math.max(10, width - gauge(width) - bytes.length());
        return (Screen.columns(name) > room ? "…" + name.substring(Math.max(0, name.length() - room + 1)) : name)
                + bytes;
    }

    /** The columns that a gauge takes; none on a narrow screen, which is for words. */
    private static int gauge(int width) {
        return width < 60 ? 0 : GAUGE + 2;
    }

    @Override
    public void line(String text) {
        screen.say(text);
    }

    @Override
    public void close() {
        ticker.shutdownNow();
        synchronized (this) {
            closed = true;
            bars.forEach(Bar::end);
            screen.clear();
        }
    }

    /** One bar of the library, which keeps its last drawing for us. */
    private final class Bar implements ProgressBarConsumer {
        private final ProgressBar bar = new ProgressBarBuilder()
                .setInitialMax(1)
                .setUpdateIntervalMillis(Integer.MAX_VALUE) // we refresh, and
                .continuousUpdate() // without this a refresh is skipped unless the bar's own number has grown
                .setConsumer(this)
                .setRenderer((state, width) -> (gauge(width) == 0 ? "" : gauge(state.getNormalizedProgress()) + "  ")
                        + state.getExtraMessage())
                .build();
        private volatile String drawing = "";

        String text(long done, long all, String message) {
            bar.maxHint(Math.max(1, all)).stepTo(Math.max(0, done)).setExtraMessage(message);
            bar.refresh();
            return drawing;
        }

        @Override
        public int getMaxRenderedLength() {
            return screen.size().columns() - 1;
        }

        @Override
        public void accept(String text) {
            drawing = text;
        }

        void end() {
            bar.close();
        }

        @Override
        public void close() {} // the library's word that it is done
    }

    private static String gauge(double part) {
        int filled = (int) Math.max(0, Math.min(GAUGE - 2, (GAUGE - 2) * part));
        return "[" + "#".repeat(filled) + " ".repeat(GAUGE - 2 - filled) + "]";
    }
}
