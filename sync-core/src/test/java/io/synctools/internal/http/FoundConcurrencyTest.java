package io.synctools.internal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.PriorityQueue;
import org.junit.jupiter.api.Test;

/** What {@link Window} and {@link Pace} find of hosts that are played here, event by event, in a time of their own. */
class FoundConcurrencyTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;

    /** What a host makes of a request. */
    private interface Host {
        /** When the answer comes, or, negated, when the refusal does. */
        long answer(long now, int inFlight);
    }

    /** One request under way. */
    private record Flight(long sent, long end, boolean refused) implements Comparable<Flight> {
        @Override
        public int compareTo(Flight other) {
            return Long.compare(end, other.end);
        }
    }

    /** What came of it. */
    private static final class Run {
        long answered;
        long refused;
        long refusedLate;
        int peak;
        int limit;

        double rate(long nanos) {
            return answered * 1e9 / nanos;
        }
    }

    /** Everybody who may be in flight is, for so long. */
    private static Run run(Host host, boolean busy, int most, long nanos) {
        Window window = new Window(most, 0);
        Pace pace = new Pace(0);
        Run run = new Run();
        PriorityQueue<Flight> flights = new PriorityQueue<>();
        long pausedUntil = 0;
        long turn = -1;
        for (long now = 0; now < nanos; ) {
            while (flights.size() < window.limit() && now >= pausedUntil) {
                if (turn < 0) {
                    turn = pace.turn(now);
                }
                if (turn > now) {
                    break;
                }
                turn = -1;
                long answer = host.answer(now, flights.size() + 1);
                flights.add(new Flight(now, Math.abs(answer), answer < 0));
                window.enter();
                run.peak = Math.max(run.peak, flights.size());
            }
            long next = flights.isEmpty() ? Long.MAX_VALUE : flights.peek().end;
            if (flights.size() < window.limit()) {
                next = Math.min(next, Math.max(Math.max(turn, pausedUntil), now + 1));
            }
            now = Math.max(now, next);
            while (!flights.isEmpty() && flights.peek().end <= now) {
                Flight flight = flights.remove();
                window.leave();
                if (!flight.refused) {
                    run.answered++;
                    pace.answered(now);
                    window.answered(now - flight.sent, now);
                    continue;
                }
                run.refused++;
                run.refusedLate += now > SECOND ? 1 : 0;
                if (busy) {
                    window.refused(flight.sent, now);
                } else {
                    pace.refused(flight.sent, now);
                    pausedUntil = now + SECOND;
                }
            }
        }
        run.limit = window.limit();
        return run;
    }

    @Test
    void aFarHostIsAskedForAsManyAsAllowedWithinTwoSeconds() {
        Run far = run((now, inFlight) -> now + 200 * MS, true, 96, 2 * SECOND);
        assertEquals(96, far.limit);
        Run few = run((now, inFlight) -> now + 200 * MS, true, 5, 2 * SECOND);
        assertEquals(5, few.peak);
    }

    @Test
    void aHostThatCapsEachConnectionIsAskedOverAllThatAreAllowed() {
        Window window = new Window(64, 0);
        int connections = 0;
        for (long now = 0; now < 5 * SECOND; now += 20 * MS) { // ranges that take for ever
            for (; connections < window.limit(); connections++) {
                window.enter();
                window.answered(200 * MS, now);
            }
            window.arrived(connections * 80_000L, now);
        }
        assertEquals(64, window.limit());
    }

    @Test
    void aLineThatIsFastOverFewConnectionsGetsNoMoreOfThem() {
        Window window = new Window(64, 0);
        int connections = 0;
        for (long now = 0; now < 5 * SECOND; now += 20 * MS) { // faster and faster, as a program is that warms up
            for (; connections < window.limit(); connections++) {
                window.enter();
                window.answered(MS, now);
            }
            window.arrived(connections * 600_000L * (1 + now / SECOND), now);
        }
        assertEquals(16, window.limit());
    }

    @Test
    void aRateThatRisesOfItselfIsNoneThatMoreConnectionsBring() {
        Window window = new Window(64, 0);
        int connections = 0;
        for (long now = 0; now < 5 * SECOND; now += 20 * MS) { // one line for all; this program warms up for a second
            for (; connections < window.limit(); connections++) {
                window.enter();
                window.answered(MS, now);
            }
            window.arrived(Math.min(7_000_000, 1_000_000 + now * 6 / 1_000), now);
        }
        assertTrue(window.limit() <= 20, window.limit() + " connections");
    }

    @Test
    void aHostThatGivesNoMoreForMoreIsAskedForNoMore() {
        long[] free = {0}; // 1,000 each second, one after another
        Run one = run(
                (now, inFlight) -> {
                    free[0] = Math.max(free[0], now) + MS;
                    return free[0];
                },
                true,
                96,
                20 * SECOND);
        assertTrue(one.limit <= 24, one.limit + " in flight");
        assertTrue(one.rate(20 * SECOND) > 950, one.rate(20 * SECOND) + " a second");
    }

    @Test
    void aHostThatRefusesMoreThanThirtyGetsThirty() {
        Run busy = run((now, inFlight) -> inFlight > 30 ? -(now + 20 * MS) : now + 20 * MS, true, 96, 20 * SECOND);
        double best = 30 * 50;
        assertTrue(busy.rate(20 * SECOND) > 0.95 * best, busy.rate(20 * SECOND) + " a second of " + best);
        assertTrue(busy.refused < 0.02 * busy.answered, busy.refused + " refused of " + busy.answered);
    }

    @Test
    void aFewRefusalsOfAHostThatIsNotFullChangeNothing() {
        long[] count = {0};
        Run flaky = run(
                (now, inFlight) -> ++count[0] % 150 == 149 ? -(now + 200 * MS) : now + 200 * MS, true, 96, 20 * SECOND);
        assertTrue(flaky.rate(20 * SECOND) > 400, flaky.rate(20 * SECOND) + " a second of 480");
    }

    @Test
    void aLineThatBreaksConnectionsIsNotLeftToOne() {
        Window window = new Window(96, 0);
        for (long now = 0; now < 60 * SECOND; now += SECOND) { // few long answers, of which many break
            window.enter();
            window.leave();
            window.broke(now, now);
        }
        assertEquals(8, window.limit());
        window.refused(61 * SECOND, 61 * SECOND);
        assertTrue(window.limit() < 8, "a host that says so is asked for fewer");
    }

    /** A bucket of so many requests, filled so many times a second. */
    private static Host bucket(double size, double perSecond, long latency) {
        double[] tokens = {size};
        long[] filled = {0};
        return (now, inFlight) -> {
            tokens[0] = Math.min(size, tokens[0] + (now - filled[0]) * perSecond / 1e9);
            filled[0] = now;
            if (tokens[0] < 1) {
                return -(now + latency);
            }
            tokens[0]--;
            return now + latency;
        };
    }

    @Test
    void aHostThatAllowsFiftyASecondIsAskedForAlmostFifty() {
        for (long latency : new long[] {MS, 20 * MS, 200 * MS}) {
            Run slow = run(bucket(50, 50, latency), false, 96, 40 * SECOND);
            assertTrue(slow.rate(40 * SECOND) > 45, slow.rate(40 * SECOND) + " a second");
            assertTrue(slow.refusedLate < 0.02 * slow.answered, slow.refusedLate + " refused of " + slow.answered);
        }
    }

    @Test
    void aHostThatCountsBySecondsToo() {
        long[] second = {-1};
        int[] count = {0};
        Run slow = run(
                (now, inFlight) -> {
                    if (now / SECOND != second[0]) {
                        second[0] = now / SECOND;
                        count[0] = 0;
                    }
                    return ++count[0] > 50 ? -(now + 20 * MS) : now + 20 * MS;
                },
                false,
                96,
                40 * SECOND);
        assertTrue(slow.rate(40 * SECOND) > 42, slow.rate(40 * SECOND) + " a second");
        assertTrue(slow.refusedLate < 0.02 * slow.answered, slow.refusedLate + " refused of " + slow.answered);
    }
}
