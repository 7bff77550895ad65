package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.internal.retry.RetryPolicy;
import io.synctools.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostGateTest {
    private final ManualTime time = new ManualTime();
    private final HostGate gate = new HostGate(new RetryPolicy(5, Duration.ofMinutes(2)), time);

    private static Optional<Duration> seconds(int seconds) {
        return Optional.of(Duration.ofSeconds(seconds));
    }

    @Test
    void letsPassWhoeverIsNotHeldBack() throws Exception {
        gate.pass("a");
        gate.close("b", time.nanos(), seconds(5));
        gate.pass("a");

        assertEquals(List.of(), time.sleeps());
    }

    @Test
    void holdsBackOnceAndNotLongerThanAsked() throws Exception {
        gate.close("a", gate.pass("a"), seconds(5));
        time.pass(Duration.ofSeconds(2));
        gate.pass("a");
        gate.pass("a");

        assertEquals(List.of(Duration.ofSeconds(3)), time.sleeps());
    }

    @Test
    void keepsTheLongestOfSeveralPauses() throws Exception {
        long sent = gate.pass("a");
        gate.close("a", sent, seconds(9));
        gate.close("a", sent, seconds(2));
        gate.close("a", sent, Optional.empty());
        gate.pass("a");

        assertEquals(List.of(Duration.ofSeconds(9)), time.sleeps());
    }

    @Test
    void guessesLongerEachTimeWhereTheHostNamesNoPause() throws Exception {
        for (int i = 0; i < 8; i++) {
            gate.close("a", gate.pass("a"), Optional.empty());
        }
        gate.pass("a");

        assertEquals(
                List.of(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 20000L, 20000L),
                time.sleeps().stream().map(Duration::toMillis).toList());
    }

    @Test
    void takesManyRefusalsAtTheSameTimeAsOne() throws Exception {
        long sent = gate.pass("a");
        time.pass(Duration.ofMillis(10));
        for (int i = 0; i < 16; i++) {
            gate.close("a", sent, Optional.empty());
        }
        gate.pass("a");

        assertEquals(List.of(Duration.ofMillis(500)), time.sleeps());
    }

    @Test
    void beginsWithAShortGuessAgainAfterASuccess() throws Exception {
        gate.close("a", gate.pass("a"), Optional.empty());
        gate.close("a", gate.pass("a"), Optional.empty());
        gate.pass("a");
        gate.open("a");
        gate.close("a", gate.pass("a"), Optional.empty());
        gate.pass("a");

        assertEquals(Duration.ofMillis(500), time.sleeps().get(2));
    }

    @Test
    void waitsForHalfOfAShortPolicyAtMost() throws Exception {
        HostGate impatient = new HostGate(new RetryPolicy(5, Duration.ofSeconds(10)), time);

        impatient.close("a", impatient.pass("a"), seconds(3600));
        impatient.pass("a");

        assertEquals(List.of(Duration.ofSeconds(5)), time.sleeps());
    }

    @Test
    void tellsWhoAskedToWaitAndForHowLong() throws InterruptedException {
        gate.close("slow.example", gate.pass("slow.example"), Optional.of(Duration.ofSeconds(30)));
        gate.pass("other.example");

        assertEquals(Map.of("slow.example", Duration.ofSeconds(30)), gate.pauses());
        gate.pass("slow.example");
        assertEquals(Map.of(), gate.pauses());
    }
}
