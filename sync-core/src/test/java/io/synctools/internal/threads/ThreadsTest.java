package io.synctools.internal.threads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import java.util.concurrent.atomic.AtomicReference;
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
    void whoComesToHelpWhenAllIsDoneTouchesNoItems() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (Threads threads = new Threads(work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((where, failure) -> thrown.set(failure));
            return thread;
        })) {
            ExecutorService pool = threads.pool("late", 1);
            CountDownLatch go = new CountDownLatch(1);
            pool.execute(() -> awaitQuietly(go));
            List<Integer> items = new ArrayList<>(List.of(1, 2, 3, 4));

            assertTrue(Crew.each(pool, 1, items.subList(1, 4), item -> true));
            items.clear();
            go.countDown();
            CountDownLatch after = new CountDownLatch(1);
            pool.execute(after::countDown);
            assertTrue(after.await(10, TimeUnit.SECONDS));
        }
        assertNull(thrown.get(), () -> String.valueOf(thrown.get()));
    }

    private static void awaitQuietly(CountDownLatch go) {
        try {
            go.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
