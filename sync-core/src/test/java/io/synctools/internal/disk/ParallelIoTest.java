package io.synctools.internal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.threads.Threads;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ParallelIoTest {

    private final RunContext context = RunContext.of(SyncOptions.DEFAULTS);
    private final ParallelIo looks = ParallelIo.of(context);

    @AfterEach
    void end() {
        Threads.of(context).close();
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 1000})
    void eachItemHasItsTurnOnce(int count) throws Exception {
        Set<Integer> done = ConcurrentHashMap.newKeySet();
        AtomicInteger turns = new AtomicInteger();
        looks.each(numbers(count), number -> {
            done.add(number);
            turns.incrementAndGet();
            return true;
        });
        assertEquals(Set.copyOf(numbers(count)), done);
        assertEquals(count, turns.get());
    }

    @Test
    void eightAreUnderWayAtOnce() throws Exception {
        CountDownLatch together = new CountDownLatch(8);
        looks.each(numbers(1000), number -> {
            together.countDown();
            assertTrue(together.await(20, TimeUnit.SECONDS), "they wait for each other");
            return true;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 1000})
    void afterAFailureNothingIsBegunAnyMore(int count) {
        AtomicInteger begun = new AtomicInteger();
        IOException stale = new IOException("Stale file handle");
        IOException thrown = assertThrows(
                IOException.class,
                () -> looks.each(numbers(count), number -> {
                    begun.incrementAndGet();
                    throw stale;
                }));
        assertSame(stale, thrown);
        assertTrue(begun.get() <= 16, () -> begun + " were begun");
    }

    @Test
    void aMistakeComesThroughAsItIs() {
        assertThrows(
                IllegalStateException.class,
                () -> looks.each(numbers(100), number -> {
                    throw new IllegalStateException("a mistake");
                }));
    }

    @Test
    void anInterruptionIsHeardAlsoWhereADiskHangs() {
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch disk = new CountDownLatch(1);
        Thread caller = Thread.currentThread();
        assertThrows(
                InterruptedException.class,
                () -> looks.each(numbers(1000), number -> {
                    if (begun.incrementAndGet() == 8) {
                        caller.interrupt();
                    }
                    disk.await();
                    return true;
                }));
        assertTrue(begun.get() <= 16, () -> begun + " were begun");
        disk.countDown();
    }

    @Test
    void afterAFalseAnswerNothingIsBegunAnyMore() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        assertFalse(looks.each(numbers(1000), number -> begun.incrementAndGet() < 5));
        assertTrue(begun.get() <= 21, () -> begun + " were begun");
    }
}
