package io.synctools.internal.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class DiskGateTest {

    @Test
    void whoComesWhileAllHangIsToldSoAndLaterOnesPassAgain() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        ExecutorService workers = Executors.newCachedThreadPool();
        DiskGate gate = new DiskGate("/mnt/models", workers);
        try {
            List<Future<Boolean>> hanging = new ArrayList<>();
            CountDownLatch inside = new CountDownLatch(8);
            for (int i = 0; i < 8; i++) {
                hanging.add(workers.submit(() -> gate.pass(() -> {
                    inside.countDown();
                    try {
                        answers.await();
                        return true;
                    } catch (InterruptedException e) {
                        return false;
                    }
                })));
            }
            inside.await();
            UnprovenException told = assertThrows(UnprovenException.class, () -> gate.pass(() -> "late"));
            assertTrue(told.getMessage().contains("/mnt/models does not answer"), told::getMessage);
            answers.countDown();
            for (Future<Boolean> one : hanging) {
                assertTrue(one.get());
            }
            assertEquals("well", gate.pass(() -> "well"));
        } finally {
            workers.shutdownNow();
        }
    }

    @Test
    void whoAsksADiskThatHangsIsToldSoAndThoseAfterItAtOnce() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        ExecutorService askers = Executors.newCachedThreadPool();
        DiskGate gate = new DiskGate("/mnt/models", askers);
        try {
            DiskGate.Question<String> hanging = gate.ask(() -> {
                try {
                    answers.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return "late";
            });
            UnprovenException told = assertThrows(UnprovenException.class, hanging::get);
            assertTrue(told.getMessage().contains("/mnt/models does not answer"), told::getMessage);
            assertTrue(hanging.isOpen());
            assertThrows(UnprovenException.class, () -> gate.ask(() -> "at once"));
            assertThrows(UnprovenException.class, () -> gate.pass(() -> "at once"));
            answers.countDown();
            while (hanging.isOpen()) {
                Thread.onSpinWait();
            }
            assertEquals("late", hanging.get());
            assertEquals("well", gate.ask(() -> "well").get());
        } finally {
            askers.shutdownNow();
        }
    }
}
