package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.synctools.internal.retry.Retrier;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CopyRetriesTest {
    private final PassedTime time = new PassedTime();
    private final AtomicInteger tries = new AtomicInteger();
    private final CopyRetries retries = new CopyRetries(
            Retrier.of(RunContext.of(SyncOptions.builder().retries(0).build())), time);

    @Test
    void aLongCopyThatBreaksOffIsGivenNewPatience() throws Exception {
        retries.call("copy", Optional.empty(), () -> {
            if (tries.incrementAndGet() < 4) {
                time.pass(Duration.ofMinutes(20));
                throw new IOException("reset");
            }
        });
        assertEquals(4, tries.get());
    }

    @Test
    void aTokenThatExpiresInALongCopyIsNoWrongPassword() throws Exception {
        retries.call("copy", Optional.empty(), () -> {
            if (tries.incrementAndGet() == 1) {
                time.pass(Duration.ofMinutes(20));
                throw new SyncException(FailureKind.ACCESS, "unauthorized");
            }
        });
        assertEquals(2, tries.get());
    }

    @Test
    void aCopyThatOutlivesATokenOfAFewSecondsIsNoWrongPassword() throws Exception {
        retries.call("copy", Optional.of(Duration.ofSeconds(5)), () -> {
            if (tries.incrementAndGet() == 1) {
                time.pass(Duration.ofSeconds(6));
                throw new SyncException(FailureKind.ACCESS, "unauthorized");
            }
        });
        assertEquals(2, tries.get());
    }

    @Test
    void whatFailsAtOnceIsLeftToThePolicy() {
        assertFails(Duration.ZERO, new SyncException(FailureKind.ACCESS, "unauthorized"), 1);
    }

    @Test
    void whatNothingMendsIsNotTriedAgainHoweverLongItTook() {
        assertFails(Duration.ofHours(2), new SyncException(FailureKind.TIMEOUT, "too long"), 1);
    }

    @Test
    void aCopyThatAlwaysBreaksEnds() {
        assertFails(Duration.ofMinutes(1), new SyncException(FailureKind.ACCESS, "unauthorized"), 6);
    }

    private void assertFails(Duration each, SyncException failure, int expected) {
        assertThrows(
                SyncException.class,
                () -> retries.call("copy", Optional.empty(), () -> {
                    tries.incrementAndGet();
                    time.pass(each);
                    throw failure;
                }));
        assertEquals(expected, tries.get());
    }
}
