package io.synctools.internal.http;

/**
 * Spaces requests to a host that allows so many in a time: a little fewer than it answered between its refusals, and
 * slowly more for as long as it refuses none. Not thread-safe; all times in nanoseconds.
 */
final class Pace {
    private static final double SECOND = 1e9;
    private static final double BELOW = 0.97;

    /** How much faster each second: until shortly below what was refused, near it, and well beyond it. */
    private static final double UP = 0.01;

    private static final double NEAR = 0.001;
    private static final double BEYOND = 0.05;

    /** An answer that comes so long after the one before it was not kept waiting by us. */
    private static final long PAUSE = 2_000_000_000;

    /** With fewer answers nothing is known. */
    private static final int ENOUGH = 16;

    private long lastAnswer;
    private long busy;
    private long answered;

    /** Requests each second; 0 where there is no limit. */
    private double rate;

    private double refusedAt;
    private long cutAt;
    private long grownAt;
    private long next;

    Pace(long now) {
        this.lastAnswer = now;
    }

    /** Takes the next turn; returns when it is. */
    long turn(long now) {
        if (rate == 0) {
            return now;
        }
        grow(now);
        long turn = next - now > 0 ? next : now;
        next = turn + (long) (SECOND / rate);
        return turn;
    }

    void answered(long now) {
        answered++;
        busy += Math.min(PAUSE, now - lastAnswer);
        lastAnswer = now;
    }

    /**
     * The host refused a request for coming too soon.
     *
     * @param sent when it left: of many that left together, all are one refusal
     */
    void refused(long sent, long now) {
        if (rate > 0 ? sent - cutAt < 0 : answered < ENOUGH) {
            return;
        }
        double seen = answered / Math.max(1, busy / SECOND);
        refusedAt = Math.max(1, rate == 0 ? seen : Math.min(rate, Math.max(seen, rate / 2)));
        rate = BELOW * refusedAt;
        cutAt = now;
        grownAt = now;
        next = now;
        busy = 0;
        answered = 0;
    }

    private void grow(long now) {
        double seconds = (now - grownAt) / SECOND;
        if (seconds < 1) {
            return;
        }
        double up = rate < 0.98 * refusedAt ? UP : rate < 1.05 * refusedAt ? NEAR : BEYOND;
        rate *= 1 + up * seconds;
        grownAt = now;
    }
}
