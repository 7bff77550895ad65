package io.synctools.internal.threads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ThreadsTest {
    @Test
    void aPoolStartsNoMoreThreadsThanItHasBeenToldLast() throws Exception {
        try (Threads threads = new Threads()) {
            ExecutorService pool = threads.pool("resized", 96);
            Threads.resize(pool, 4);
            Set<Thread> seen = ConcurrentHashMap.newKeySet();
            for (int i = 0; i < 96; i++) {
                pool.submit(() -> seen.add(Thread.currentThread())).get();
            }
            assertEquals(4, seen.size(), "each has buffers of its own");
            Threads.resize(pool, 200);
            pool.submit(() -> seen.add(Thread.currentThread())).get();
            assertEquals(5, seen.size());
        }
    }

    @Test
    void whatIsMoreThanThePoolHoldsWaitsInOrder() throws Exception {
        try (Threads threads = new Threads()) {
            ExecutorService pool = threads.pool("full", 3);
            CountDownLatch busy = new CountDownLatch(3);
            CountDownLatch go = new CountDownLatch(1);
            List<Future<?>> held = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                held.add(pool.submit(() -> {
                    busy.countDown();
                    return go.await(10, TimeUnit.SECONDS);
                }));
            }
            assertTrue(busy.await(10, TimeUnit.SECONDS));
            List<Integer> done = new ArrayList<>();
            ExecutorService one = threads.pool("one", 1);
            held.add(one.submit(() -> go.await(10, TimeUnit.SECONDS)));
            IntStream.range(0, 50).forEach(i -> held.add(one.submit(() -> done.add(i))));
            IntStream.range(0, 50).forEach(i -> held.add(pool.submit(() -> {})));
            go.countDown();
            for (Future<?> future : held) {
                future.get(10, TimeUnit.SECONDS);
            }
            assertEquals(IntStream.range(0, 50).boxed().toList(), done);
        }
    }

    @Test
    void aPoolThatEndedTakesNothing() {
        Threads threads = new Threads();
        ExecutorService pool = threads.pool("ended", 2);
        threads.close();
        assertThrows(RejectedExecutionException.class, () -> pool.execute(() -> {}));
    }
}
