package io.synctools.internal.http;

import static io.synctools.internal.http.HostGate.Refusal.TOO_BUSY;
import static io.synctools.internal.http.HostGate.Refusal.TOO_OFTEN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.internal.retry.RetryPolicy;
import io.synctools.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HostGateTest {
    private final ManualTime time = new ManualTime();
    private final Concurrency concurrency = new Concurrency(96);
    private final HostGate gate = new HostGate(new RetryPolicy(5, Duration.ofMinutes(2)), concurrency, time);

    private static Optional<Duration> seconds(int seconds) {
        return Optional.of(Duration.ofSeconds(seconds));
    }

    private HostGate.Passage pass(String host) throws InterruptedException {
        return pass(gate, host);
    }

    private static HostGate.Passage pass(HostGate gate, String host) throws InterruptedException {
        HostGate.Passage passage = gate.pass(host);
        passage.await(host);
        return passage;
    }

    private void refuse(String host, Optional<Duration> hint) throws InterruptedException {
        pass(host).refused(TOO_OFTEN, hint);
    }

    /** A request whose answer is read at once. */
    private void ask(String host) throws InterruptedException {
        try (HostGate.Passage passage = pass(host)) {
            passage.answered();
            passage.served();
        }
    }

    @Test
    void letsPassWhoeverIsNotHeldBack() throws Exception {
        ask("a");
        refuse("b", seconds(5));
        ask("a");

        assertEquals(List.of(), time.sleeps());
    }

    @Test
    void holdsBackOnceAndNotLongerThanAsked() throws Exception {
        refuse("a", seconds(5));
        time.pass(Duration.ofSeconds(2));
        pass("a");

        assertEquals(List.of(Duration.ofSeconds(3)), time.sleeps());
    }

    @Test
    void keepsTheLongestOfSeveralPauses() throws Exception {
        List<HostGate.Passage> together = List.of(pass("a"), pass("a"), pass("a"));
        together.get(0).refused(TOO_OFTEN, seconds(9));
        together.get(1).refused(TOO_OFTEN, seconds(2));
        together.get(2).refused(TOO_OFTEN, Optional.empty());
        pass("a");

        assertEquals(List.of(Duration.ofSeconds(9)), time.sleeps());
    }

    @Test
    void guessesLongerEachTimeWhereTheHostNamesNoPause() throws Exception {
        for (int i = 0; i < 8; i++) {
            refuse("a", Optional.empty());
        }
        pass("a");

        assertEquals(
                List.of(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 20000L, 20000L),
                time.sleeps().stream().map(Duration::toMillis).toList());
    }

    @Test
    void takesManyRefusalsAtTheSameTimeAsOne() throws Exception {
        List<HostGate.Passage> together = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            together.add(pass("a"));
        }
        time.pass(Duration.ofMillis(10));
        together.forEach(passage -> passage.refused(TOO_OFTEN, Optional.empty()));
        pass("a");

        assertEquals(List.of(Duration.ofMillis(500)), time.sleeps());
    }

    @Test
    void beginsWithAShortGuessAgainAfterASuccess() throws Exception {
        refuse("a", Optional.empty());
        refuse("a", Optional.empty());
        ask("a");
        refuse("a", Optional.empty());
        pass("a");

        assertEquals(Duration.ofMillis(500), time.sleeps().get(2));
    }

    @Test
    void waitsForHalfOfAShortPolicyAtMost() throws Exception {
        HostGate impatient = new HostGate(new RetryPolicy(5, Duration.ofSeconds(10)), new Concurrency(96), time);

        pass(impatient, "a").refused(TOO_OFTEN, seconds(3600));
        pass(impatient, "a");

        assertEquals(List.of(Duration.ofSeconds(5)), time.sleeps());
    }

    @Test
    void tellsWhoAskedToWaitAndForHowLong() throws InterruptedException {
        refuse("slow.example", seconds(30));
        ask("other.example");

        assertEquals(Map.of("slow.example", Duration.ofSeconds(30)), gate.pauses());
        ask("slow.example");
        assertEquals(Map.of(), gate.pauses());
    }

    @Test
    void aBusyHostIsAskedForFewerBeforeItIsLeftAlone() throws InterruptedException {
        for (int i = 0; i < 4; i++) { // 16, 8, 4, 2, 1
            pass("a").refused(TOO_BUSY, Optional.empty());
        }
        assertEquals(1, found());
        assertEquals(List.of(), time.sleeps());

        pass("a").refused(TOO_BUSY, Optional.empty());
        ask("a");
        assertEquals(List.of(Duration.ofMillis(500)), time.sleeps());
    }

    private int found() {
        return concurrency.now();
    }

    @Test
    @Timeout(20)
    void keepsToItsLimitAndLetsTheNextOneInWhenOneLeaves() throws Exception {
        HostGate narrow = new HostGate(new RetryPolicy(5, Duration.ofMinutes(2)), new Concurrency(2), time);
        HostGate.Passage first = narrow.pass("a");
        FutureTask<Integer> third = new FutureTask<>(() -> {
            try (HostGate.Passage second = narrow.pass("a")) {
                second.answered();
            }
            HostGate.Passage other = narrow.pass("a");
            HostGate.Passage nested = narrow.pass("a"); // who is in need not wait for others to leave
            nested.close();
            other.close();
            other.close(); // closing twice gives nothing back twice
            return 3;
        });
        new Thread(third).start();
        assertEquals(3, third.get());

        HostGate.Passage second = narrow.pass("a");
        FutureTask<HostGate.Passage> waiting = new FutureTask<>(() -> narrow.pass("a"));
        Thread waiter = new Thread(waiting);
        waiter.start();
        while (waiter.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        second.close();
        waiting.get().close();
        first.close();
    }
}
