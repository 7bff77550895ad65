package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.retry.StalledException;
import io.synctools.internal.threads.Threads;
import io.synctools.testing.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private final ManualTime time = new ManualTime();
    private final Watchdog watchdog = new Watchdog(Duration.ofSeconds(30), time, new Threads());
    private final AtomicInteger cancelled = new AtomicInteger();
    private final Watchdog.Watch watch = watchdog.watch("GET http://hub/x", cancelled::incrementAndGet);

    @AfterEach
    void end() {
        watch.close();
    }

    private void await(int seconds, long bytes) {
        watch.enter();
        time.pass(Duration.ofSeconds(seconds));
        watchdog.check();
        watch.leave(bytes);
    }

    private boolean isCancelled() {
        watchdog.check();
        return cancelled.get() > 0;
    }

    @Test
    void endsSilence() {
        watch.enter();
        time.pass(Duration.ofSeconds(29));
        assertFalse(isCancelled());
        time.pass(Duration.ofSeconds(1));
        assertTrue(isCancelled());

        IOException e = watch.explain(new IOException("Canceled"));
        assertEquals("GET http://hub/x: no byte for 30 s", e.getMessage());
        assertInstanceOf(StalledException.class, e);
    }

    @Test
    void cancelsOnce() {
        watch.enter();
        time.pass(Duration.ofSeconds(40));
        watchdog.check();
        watchdog.check();

        assertEquals(1, cancelled.get());
    }

    @Test
    void endsABodyThatDrips() {
        watch.answered();
        for (int i = 0; i < 31; i++) {
            await(1, 1);
        }

        assertTrue(isCancelled());
        assertEquals(
                "GET http://hub/x: less than 1 KiB/s for 30 s",
                watch.explain(new IOException("Canceled")).getMessage());
    }

    @Test
    void letsASlowButLivingBodyLive() {
        watch.answered();
        for (int i = 0; i < 300; i++) {
            await(1, 1100);
        }

        assertFalse(isCancelled());
    }

    @Test
    void forgetsAFastBeginningWhenABodyBeginsToDrip() {
        watch.answered();
        for (int i = 0; i < 60; i++) {
            await(1, 10_000_000);
        }
        for (int i = 0; i < 62; i++) {
            await(1, 1);
        }

        assertTrue(isCancelled());
    }

    @Test
    void doesNotBlameTheServerForTimeThatWeSpend() {
        watch.answered();
        for (int i = 0; i < 100; i++) {
            await(0, 10);
            time.pass(Duration.ofSeconds(60));
        }

        assertFalse(isCancelled());
    }

    @Test
    void doesNotCountTheWaitForHeadersAgainstTheBody() {
        await(29, 0);
        watch.answered();
        await(2, 10);

        assertFalse(isCancelled());
    }

    @Test
    void leavesAFailureAloneThatItDidNotCause() {
        IOException failure = new IOException("Connection reset");

        assertSame(failure, watch.explain(failure));
    }

    @Test
    void stopsWatchingWhatIsClosed() {
        watch.enter();
        watch.close();
        time.pass(Duration.ofSeconds(60));

        assertFalse(isCancelled());
    }
}
