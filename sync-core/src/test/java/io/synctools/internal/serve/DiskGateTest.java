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
import java.util.concurrent.TimeUnit;
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
                hanging.add(workers.submit(() -> gate.pass(moves -> {
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
            UnprovenException told = assertThrows(UnprovenException.class, () -> gate.pass(moves -> "late"));
            assertTrue(told.getMessage().contains("/mnt/models does not answer"), told::getMessage);
            answers.countDown();
            for (Future<Boolean> one : hanging) {
                assertTrue(one.get());
            }
            assertEquals("well", gate.pass(moves -> "well"));
        } finally {
            workers.shutdownNow();
        }
    }

    @Test
    void aFolderThatHangsAloneHoldsUpNobodyForEverAndOthersNotAtAll() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        ExecutorService askers = Executors.newCachedThreadPool();
        DiskGate gate = new DiskGate("/mnt/models", askers, TimeUnit.MILLISECONDS.toNanos(300));
        try {
            DiskGate.Question<Boolean> hanging = gate.ask(moves -> {
                try {
                    return answers.await(30, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            });
            Future<?> waits = askers.submit(() -> assertThrows(UnprovenException.class, hanging::get));
            while (!waits.isDone()) {
                assertEquals("well", gate.ask(moves -> "well").get()); // so the disk as a whole is never silent
            }
            waits.get();
            assertEquals("well", gate.pass(moves -> "well"));
        } finally {
            answers.countDown();
            askers.shutdownNow();
        }
    }

    @Test
    void anErrorGivesItsPlaceBackAndIsTold() throws Exception {
        ExecutorService askers = Executors.newCachedThreadPool();
        DiskGate gate = new DiskGate("/mnt/models", askers);
        try {
            for (int i = 0; i < 2 * DiskGate.MOST; i++) {
                DiskGate.Question<String> fails = gate.ask(moves -> {
                    throw new OutOfMemoryError("no room for the table");
                });
                IOException told = assertThrows(IOException.class, fails::get);
                assertTrue(told.getCause() instanceof OutOfMemoryError, told::toString);
            }
            assertEquals("well", gate.ask(moves -> "well").get());
        } finally {
            askers.shutdownNow();
        }
    }

    @Test
    void whoAsksADiskThatHangsIsToldSoAndThoseAfterItAtOnce() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        ExecutorService askers = Executors.newCachedThreadPool();
        DiskGate gate = new DiskGate("/mnt/models", askers);
        try {
            DiskGate.Question<String> hanging = gate.ask(moves -> {
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
            assertThrows(UnprovenException.class, () -> gate.ask(moves -> "at once"));
            assertThrows(UnprovenException.class, () -> gate.pass(moves -> "at once"));
            answers.countDown();
            while (hanging.isOpen()) {
                Thread.onSpinWait();
            }
            assertEquals("late", hanging.get());
            assertEquals("well", gate.ask(moves -> "well").get());
        } finally {
            askers.shutdownNow();
        }
    }
}
