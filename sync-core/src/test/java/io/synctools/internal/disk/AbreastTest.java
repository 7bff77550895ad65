package io.synctools.internal.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AbreastTest {

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 1000})
    void eachItemHasItsTurnOnce(int count) throws Exception {
        Set<Integer> done = ConcurrentHashMap.newKeySet();
        AtomicInteger turns = new AtomicInteger();
        Abreast.each(numbers(count), number -> {
            done.add(number);
            turns.incrementAndGet();
        });
        assertEquals(Set.copyOf(numbers(count)), done);
        assertEquals(count, turns.get());
    }

    @Test
    void eightAreUnderWayAtOnce() throws Exception {
        CountDownLatch together = new CountDownLatch(8);
        Abreast.each(numbers(100), number -> {
            together.countDown();
            assertTrue(together.await(20, TimeUnit.SECONDS), "they wait for each other");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 1000})
    void afterAFailureNothingIsBegunAnyMore(int count) {
        AtomicInteger begun = new AtomicInteger();
        IOException stale = new IOException("Stale file handle");
        IOException thrown = assertThrows(
                IOException.class,
                () -> Abreast.each(numbers(count), number -> {
                    begun.incrementAndGet();
                    throw stale;
                }));
        assertSame(stale, thrown);
        assertTrue(begun.get() <= 8, () -> begun + " were begun");
    }

    @Test
    void aMistakeComesThroughAsItIs() {
        assertThrows(
                IllegalStateException.class,
                () -> Abreast.each(numbers(100), number -> {
                    throw new IllegalStateException("a mistake");
                }));
    }

    @Test
    void anInterruptionEndsItAndWhatWasBegun() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        Thread caller = Thread.currentThread();
        assertThrows(
                InterruptedException.class,
                () -> Abreast.each(numbers(100), number -> {
                    if (begun.incrementAndGet() == 8) {
                        caller.interrupt();
                    }
                    try {
                        new CountDownLatch(1).await();
                    } finally {
                        ended.incrementAndGet();
                    }
                }));
        assertEquals(8, begun.get());
        assertEquals(8, ended.get());
    }
}
