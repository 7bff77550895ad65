package io.synctools.internal.retry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.FailureKind;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.ManualTime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetrierTest {
    private final ManualTime time = new ManualTime();
    private final AtomicInteger tries = new AtomicInteger();

    private Retrier retrier(int retries, Duration retryFor) {
        return new Retrier(new RetryPolicy(retries, retryFor), time, () -> 1.0);
    }

    private Retrier usual() {
        return retrier(5, Duration.ofMinutes(2));
    }

    private Retrier.Attempt<String> failing(int times, IOException failure) {
        return () -> {
            if (tries.incrementAndGet() <= times) {
                throw failure;
            }
            return "done";
        };
    }

    @Test
    void returnsWhatTheFirstTryReturns() throws Exception {
        assertEquals("done", usual().call("x", failing(0, new IOException("never"))));
        assertEquals(List.of(), time.sleeps());
    }

    @Test
    void triesAgainWithGrowingPauses() throws Exception {
        assertEquals("done", usual().call("x", failing(5, new IOException("reset"))));

        assertEquals(6, tries.get());
        assertEquals(
                List.of(500L, 1000L, 2000L, 4000L, 8000L),
                time.sleeps().stream().map(Duration::toMillis).toList());
    }

    @Test
    void capsPauses() throws Exception {
        retrier(10, Duration.ofHours(1)).call("x", failing(9, new IOException("reset")));

        assertEquals(Duration.ofSeconds(20), time.sleeps().get(8));
    }

    @Test
    void jittersPausesFully() throws Exception {
        new Retrier(new RetryPolicy(5, Duration.ofMinutes(2)), time, () -> 0.25)
                .call("x", failing(2, new IOException("reset")));

        assertEquals(
                List.of(125L, 250L),
                time.sleeps().stream().map(Duration::toMillis).toList());
    }

    @Test
    void givesUpAfterTheLastTryAndSaysHowHardItTried() {
        IOException reset = new IOException("hub: Connection reset");

        SyncException e = assertThrows(SyncException.class, () -> usual().call("list models/o/n", failing(99, reset)));

        assertEquals(6, tries.get());
        assertEquals(FailureKind.UNAVAILABLE, e.kind());
        assertTrue(e.retryable());
        assertSame(reset, e.getCause());
        assertEquals(
                "list models/o/n: gave up after 6 tries in 16 s: hub: Connection reset; try again later",
                e.getMessage());
    }

    @Test
    void triesOnceWhereThereAreNoRetries() {
        SyncException e = assertThrows(SyncException.class, () -> retrier(0, Duration.ofMinutes(2))
                .call("x", failing(1, new IOException("a"))));

        assertEquals("x: a; try again later", e.getMessage());
        assertEquals(1, tries.get());
    }

    @Test
    void givesUpWhenNothingMovedForTooLong() {
        assertThrows(SyncException.class, () -> retrier(1000, Duration.ofSeconds(30))
                .call("x", failing(9999, new IOException("down"))));

        Duration waited = time.sleeps().stream().reduce(Duration.ZERO, Duration::plus);
        assertTrue(waited.compareTo(Duration.ofSeconds(30)) <= 0, waited.toString());
        assertTrue(waited.compareTo(Duration.ofSeconds(10)) > 0, waited.toString());
    }

    @Test
    void countsTheTimeThatAttemptsTake() {
        assertThrows(SyncException.class, () -> usual().call("x", () -> {
            tries.incrementAndGet();
            time.pass(Duration.ofSeconds(50));
            throw new StalledException("silent", true);
        }));

        assertEquals(3, tries.get());
    }

    @Test
    void waitsAsLongAsTheServerAsks() throws Exception {
        usual().call("x", failing(1, later(FailureKind.RATE_LIMITED, 17)));

        assertEquals(List.of(Duration.ofSeconds(17)), time.sleeps());
    }

    @Test
    void isMorePatientWithARateLimitThanWithAFailure() throws Exception {
        assertEquals("done", usual().call("x", failing(20, later(FailureKind.RATE_LIMITED, 1))));
        tries.set(0);
        assertThrows(SyncException.class, () -> usual().call("x", failing(21, later(FailureKind.RATE_LIMITED, 1))));
        tries.set(0);
        assertThrows(SyncException.class, () -> usual().call("x", failing(6, later(FailureKind.UNAVAILABLE, 1))));
    }

    @Test
    void waitsAMinuteAtMostWhateverTheServerAsks() throws Exception {
        usual().call("x", failing(1, later(FailureKind.RATE_LIMITED, 86_400)));

        assertEquals(List.of(Duration.ofSeconds(60)), time.sleeps());
    }

    @Test
    void waitsForHalfOfAShortPolicyAtMost() throws Exception {
        retrier(5, Duration.ofSeconds(20)).call("x", failing(1, later(FailureKind.RATE_LIMITED, 15)));

        assertEquals(List.of(Duration.ofSeconds(10)), time.sleeps());
    }

    @Test
    void backsOffByItselfWhereTheServerNamesNoPause() throws Exception {
        usual().call(
                        "x",
                        failing(
                                2,
                                new RetryLaterException(FailureKind.RATE_LIMITED, "429", Optional.of(Duration.ZERO))));

        assertEquals(
                List.of(500L, 1000L),
                time.sleeps().stream().map(Duration::toMillis).toList());
    }

    @ParameterizedTest
    @CsvSource({"RATE_LIMITED", "UNAVAILABLE"})
    void reportsWhatAServerSaidThatNeverLetUsIn(FailureKind kind) {
        SyncException e = assertThrows(SyncException.class, () -> usual().call("x", failing(99, later(kind, 1))));

        assertEquals(kind, e.kind());
    }

    @Test
    void passesASyncExceptionAtOnce() {
        SyncException refusal = new SyncException(FailureKind.ACCESS, "no");

        assertSame(refusal, assertThrows(SyncException.class, () -> usual().call("x", () -> {
            tries.incrementAndGet();
            throw refusal;
        })));
        assertEquals(1, tries.get());
    }

    @Test
    void passesAnInterruptionAtOnce() {
        assertThrows(InterruptedException.class, () -> usual().call("x", () -> {
            throw new InterruptedException();
        }));
        assertEquals(List.of(), time.sleeps());
    }

    @Test
    void takesAFailureOfAnInterruptedThreadAsInterruption() {
        assertThrows(InterruptedException.class, () -> usual().call("x", () -> {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("GET http://hub/x: interrupted");
        }));
        assertFalse(Thread.interrupted());
    }

    @Test
    void endsAPauseWhenInterrupted() {
        Retrier sleepless = new Retrier(new RetryPolicy(5, Duration.ofMinutes(2)), TimeSource.SYSTEM, () -> {
            Thread.currentThread().interrupt();
            return 1.0;
        });

        assertThrows(InterruptedException.class, () -> sleepless.call("x", failing(1, new IOException("reset"))));
    }

    @Test
    void doesNotTryAgainWhereThatCannotHelp() {
        SyncException e = assertThrows(SyncException.class, () -> usual().call(
                        "fetch a.bin", failing(9, new IOException("No space left on device"))));

        assertEquals(1, tries.get());
        assertEquals(FailureKind.NO_SPACE, e.kind());
        assertFalse(e.retryable());
        assertTrue(e.getMessage().startsWith("fetch a.bin: No space left on device; make room"), e.getMessage());
    }

    @Test
    void triesAFileThatDoesNotFitItsListingOnlyALittle() {
        SyncException e = assertThrows(
                SyncException.class, () -> usual().call("x", failing(99, new MismatchException("11 instead of 10"))));

        assertEquals(3, tries.get());
        assertEquals(FailureKind.CHECKSUM, e.kind());
    }

    @Test
    void beginsToCountAnewWithEachCall() throws Exception {
        Retrier retrier = retrier(1, Duration.ofMinutes(2));
        AtomicInteger bytes = new AtomicInteger();
        while (bytes.get() < 50) {
            AtomicInteger here = new AtomicInteger();
            retrier.call("x", () -> {
                if (here.incrementAndGet() == 1) {
                    throw new IOException("reset");
                }
                return bytes.addAndGet(1);
            });
        }

        assertEquals(50, time.sleeps().size());
    }

    @Test
    void readsItsPolicyFromTheSettings() {
        RunContext context = RunContext.of(
                SyncOptions.builder().retries(2).retryFor(Duration.ofSeconds(9)).build());

        assertEquals(new RetryPolicy(2, Duration.ofSeconds(9)), RetryPolicy.of(context));
        assertEquals(new RetryPolicy(5, Duration.ofMinutes(2)), RetryPolicy.of(RunContext.of(SyncOptions.DEFAULTS)));
        assertSame(Retrier.of(context), Retrier.of(context));
        assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(-1, Duration.ofSeconds(1)));
        assertThrows(IllegalArgumentException.class, () -> new RetryPolicy(1, Duration.ZERO));
    }

    private static RetryLaterException later(FailureKind kind, int seconds) {
        return new RetryLaterException(kind, "please wait", Optional.of(Duration.ofSeconds(seconds)));
    }
}
