package io.synctools.file;

import io.synctools.spi.Progress;
import java.util.concurrent.atomic.LongAdder;

/** Passes on what is told of an entry, and takes back what was reused where that turns out wrong. Thread-safe. */
final class Retractable implements Progress {
    private final Progress to;
    private final LongAdder reused = new LongAdder();

    Retractable(Progress to) {
        this.to = to;
    }

    @Override
    public void received(long bytes) {
        to.received(bytes);
    }

    @Override
    public void reused(long bytes) {
        reused.add(bytes);
        to.reused(bytes);
    }

    @Override
    public void note(String text) {
        to.note(text);
    }

    /** None of what was found on disk is any good. */
    void takeBack() {
        to.reused(-reused.sumThenReset());
    }
}
