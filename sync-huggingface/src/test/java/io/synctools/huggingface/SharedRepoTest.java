package io.synctools.huggingface;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.file.Lease;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.Reporter;
import io.synctools.spi.RunContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SharedRepoTest {
    private final RunContext patient =
            RunContext.of(SyncOptions.builder().waitFor(Duration.ofHours(1)).build());

    @TempDir
    Path cache;

    private CachePaths repo;

    @BeforeEach
    void place() {
        repo = new CachePaths(cache.resolve("models--o--n"));
    }

    /** Hears that somebody is waited for. */
    private static final class Waiting implements Reporter {
        private final CountDownLatch begun = new CountDownLatch(1);

        @Override
        public void note(String text) {}

        @Override
        public void waits(String holder) {
            begun.countDown();
        }

        void await() throws InterruptedException {
            assertTrue(begun.await(30, TimeUnit.SECONDS));
        }
    }

    private record Item(Thread thread, FutureTask<Lease> joined) {
        static Item begin(SharedRepo shared, Object user, Waiting reporter) {
            FutureTask<Lease> joined = new FutureTask<>(() -> shared.join(user, reporter));
            Thread thread = new Thread(joined);
            thread.start();
            return new Item(thread, joined);
        }

        void interrupt() {
            thread.interrupt();
            ExecutionException e = assertThrows(ExecutionException.class, () -> joined.get(20, TimeUnit.SECONDS));
            assertInstanceOf(InterruptedException.class, e.getCause());
        }
    }

    @Test
    void whileOneItemWaitsForTheLeaseTheOthersOfItsRepositoryCanEnd() throws Exception {
        SharedRepo shared = new SharedRepo(repo, patient);
        try (Lease another = Lease.take(repo.lease(), RunContext.of(SyncOptions.DEFAULTS))) {
            Waiting first = new Waiting();
            Item taking = Item.begin(shared, "first", first);
            first.await();
            Waiting second = new Waiting();
            Item joining = Item.begin(shared, "second", second);
            second.await();

            joining.interrupt();
            assertFalse(taking.joined.isDone(), "it waits on");
            taking.interrupt();
            another.confirm();
        }
        Lease lease = shared.join("third", new Waiting());
        lease.confirm();
        shared.leave("third");
    }

    @Test
    void theSameWorkOfAnotherRunIsWaitedForAsThatOfAnotherProcess() throws Exception {
        SharedRepo shared = new SharedRepo(repo, patient);
        Lease lease = shared.join("work", new Waiting());
        Waiting late = new Waiting();
        Item waiting = Item.begin(shared, "work", late);
        late.await();
        assertFalse(waiting.joined.isDone());
        shared.leave("work");

        Lease next = waiting.joined.get(20, TimeUnit.SECONDS);
        next.confirm();
        assertFalse(lease.nonce().equals(next.nonce()));
        shared.leave("work");

        SharedRepo hurried = new SharedRepo(repo, RunContext.of(SyncOptions.DEFAULTS));
        hurried.join("work", new Waiting());
        HeldByAnotherException held =
                assertThrows(HeldByAnotherException.class, () -> hurried.join("work", new Waiting()));
        assertTrue(String.valueOf(held.getMessage()).contains("another run of this process"), held::toString);
        hurried.leave("work");
    }

    @Test
    void aFormerHolderThatWakesLeavesTheFoldersOfItsSuccessorAlone() throws Exception {
        SharedRepo paused = new SharedRepo(repo, patient);
        paused.join("work", new Waiting());
        Files.delete(repo.lease()); // as if a minute had passed and somebody had taken it
        SharedRepo successor = new SharedRepo(repo, patient);
        successor.join("work", new Waiting()).confirm();

        paused.leave("work");

        assertTrue(Files.isDirectory(repo.temporary()), "what is published is written there first");
        assertTrue(Files.isDirectory(repo.parts()));
        successor.leave("work");
    }

    @Test
    void whatAnotherItemIsFetchingMayGetItsPlaceWhileThisOneTidiesUp() throws Exception {
        SharedRepo shared = new SharedRepo(repo, patient);
        shared.join("this", new Waiting());
        CountDownLatch tidied = new CountDownLatch(1);
        FutureTask<Integer> fetching = new FutureTask<>(() -> {
            int fetched = 0;
            for (; tidied.getCount() > 0; fetched++) {
                Path part = Files.writeString(repo.parts().resolve("abc." + fetched + ".tmp"), "new");
                Files.move(part, repo.blobs().resolve("abc"), StandardCopyOption.REPLACE_EXISTING);
            }
            return fetched;
        });
        new Thread(fetching).start();
        Files.createFile(repo.journal());
        try {
            for (int i = 0; i < 2_000; i++) {
                shared.tidy(List.of());
                Files.createFile(repo.journal());
            }
        } finally {
            tidied.countDown();
        }
        assertTrue(fetching.get(20, TimeUnit.SECONDS) > 0);
        shared.leave("this");
    }
}
