package io.synctools.file;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.synctools.internal.http.Concurrency;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class ConnectionBudgetTest {
    private static FutureTask<ConnectionBudget.Place> begin(ConnectionBudget budget) {
        FutureTask<ConnectionBudget.Place> taking = new FutureTask<>(budget::take);
        Thread thread = new Thread(taking);
        thread.setDaemon(true);
        thread.start();
        return taking;
    }

    @Test
    void aPlaceWhoseHolderHangsInADiskIsLentAndWaitedForAfterwards() throws Exception {
        ConnectionBudget budget = new ConnectionBudget(new Concurrency(1), Duration.ofMillis(20));
        ConnectionBudget.Place hung = budget.take();
        hung.toDisk();
        ConnectionBudget.Place second = begin(budget).get(20, TimeUnit.SECONDS);

        FutureTask<Boolean> back = new FutureTask<>(() -> {
            hung.fromDisk();
            return true;
        });
        new Thread(back).start();
        assertThrows(TimeoutException.class, () -> back.get(100, TimeUnit.MILLISECONDS));
        second.close();
        back.get(20, TimeUnit.SECONDS);

        FutureTask<ConnectionBudget.Place> third = begin(budget);
        assertFalse(third.isDone());
        hung.close();
        third.get(20, TimeUnit.SECONDS).close();
    }

    @Test
    void onlyADiskThatHangsLendsAndNoPlaceIsGivenBackTwice() throws Exception {
        ConnectionBudget budget = new ConnectionBudget(new Concurrency(1), Duration.ofMillis(20));
        ConnectionBudget.Place slow = budget.take(); // its hub is slow, not the disk
        FutureTask<ConnectionBudget.Place> waiting = begin(budget);
        assertThrows(TimeoutException.class, () -> waiting.get(100, TimeUnit.MILLISECONDS));
        slow.toDisk();
        ConnectionBudget.Place lent = waiting.get(20, TimeUnit.SECONDS);
        slow.close(); // it failed at the disk
        FutureTask<ConnectionBudget.Place> next = begin(budget);
        assertThrows(TimeoutException.class, () -> next.get(100, TimeUnit.MILLISECONDS));
        lent.close();
        next.get(20, TimeUnit.SECONDS).close();
    }
}
