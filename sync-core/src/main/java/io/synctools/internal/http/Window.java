package io.synctools.internal.http;

/**
 * Finds how many requests a host serves best at a time: more for as long as more of them bring more, fewer where the host
 * refuses some.
 *
 * <p>What is got with one number of them is measured for as long as an answer takes; then another number is tried, and kept
 * if requests or bytes came faster by a fair part of what they should have. After a try that brought nothing the next one
 * waits, twice as long each time. Not thread-safe; all times in nanoseconds.
 */
final class Window {
    /** How many are in flight before anything is known. */
    static final int FIRST = 16;

    private static final long LEAST = 200_000_000;
    private static final long FIRST_PATIENCE = 1_000_000_000;
    private static final long LONGEST_PATIENCE = 30_000_000_000L;

    /** Of what so many more should bring, this part is enough. */
    private static final double FAIR = 0.4;

    /** One refusal of so many requests means nothing. */
    private static final int RARE = 50;

    /** A rate that is more than so many times the best before it still rises: of itself, as while this program warms up. */
    private static final double RISING = 1.1;

    /** Bytes a second of one connection from which on it is not the connections that are too few: hubs cap lower. */
    private static final double FAST = 24 << 20;

    private final int most;
    private int limit;

    /** What is measured now. */
    private long began;

    private long requests;
    private long bytes;
    private long latencies;
    private int inFlight;
    private int peak;
    private long latency;
    private boolean settling;

    /** The limit before the one that is tried; 0 where none is tried. */
    private int from;

    private double requestsBefore;
    private double bytesBefore;

    /** The best that this limit has given so far. */
    private double mostRequests;

    private double mostBytes;

    private long patience = FIRST_PATIENCE;
    private long nextTry;
    private boolean waits;
    private boolean met;

    private long cutAt;
    private boolean cut;
    private int least;

    /** Of late; what is older counts less. */
    private double answers;

    private double refusals;

    Window(int most, long now) {
        this.most = most;
        this.limit = Math.min(most, FIRST);
        this.began = now;
    }

    int limit() {
        return limit;
    }

    boolean hasRoom() {
        return inFlight < limit;
    }

    /** One more is in flight. */
    void enter() {
        inFlight++;
        peak = Math.max(peak, inFlight);
    }

    /** One is no longer. */
    void leave() {
        inFlight--;
    }

    /** A request was answered as it should be, so long after it was sent. */
    void answered(long latency, long now) {
        requests++;
        answers++;
        latencies += latency;
        look(now);
    }

    /** Bytes of answers came. */
    void arrived(long count, long now) {
        bytes += count;
        look(now);
    }

    /**
     * The host refused a request, which has left, for there being too many.
     *
     * @param sent when it left: of many that left together, all are one refusal
     * @return whether it will refuse fewer now; else there is nothing to be had by asking for fewer
     */
    boolean refused(long sent, long now) {
        return cut(sent, now, 1);
    }

    /** A connection broke: the host may have too much to do, or the line is bad, which few requests would not mend. */
    void broke(long sent, long now) {
        cut(sent, now, Math.min(limit, FIRST / 2));
    }

    private boolean cut(long sent, long now, int floor) {
        refusals++;
        if (refusals * RARE <= answers) {
            return true;
        }
        if (!cut || sent - cutAt >= 0) {
            least = Math.max(floor, limit / 2);
            patience = cut ? Math.min(LONGEST_PATIENCE, 2 * patience) : FIRST_PATIENCE;
            cut = true;
            cutAt = now;
        }
        int before = limit;
        limit = Math.max(least, Math.min(limit, inFlight));
        met = true;
        from = 0;
        waitFor(now);
        settle();
        return limit < before;
    }

    private void look(long now) {
        long length = now - began;
        latency = requests > 0 ? latencies / requests : latency;
        if (length < latency || (length < LEAST && !settling)) {
            return;
        }
        if (settling) {
            restart(now);
            return;
        }
        double requestRate = (double) requests / length;
        double byteRate = (double) bytes / length;
        boolean isFull = peak * 4 >= limit * 3;
        boolean isFast = byteRate * 1e9 > FAST * peak;
        // Near hosts only: a second look at a far one takes long, and is the one that more requests help.
        boolean rises = latency < LEAST / 2 && (requestRate > RISING * mostRequests || byteRate > RISING * mostBytes);
        mostRequests = Math.max(mostRequests, requestRate);
        mostBytes = Math.max(mostBytes, byteRate);
        if (from > 0) {
            double gain = Math.max(ratio(requestRate, requestsBefore), ratio(byteRate, bytesBefore));
            boolean isWorthIt = gain >= 1 + FAIR * ((double) limit / from - 1);
            if (!isWorthIt) {
                limit = from;
                met = true;
                patience = Math.min(LONGEST_PATIENCE, 2 * patience);
                waitFor(now);
            } else {
                patience = FIRST_PATIENCE;
            }
            from = 0;
            if (!isWorthIt) {
                restart(now);
                settle();
                return;
            }
        }
        if (isFull && !isFast && !rises && limit < most && !(waits && now - nextTry < 0)) {
            from = limit;
            requestsBefore = mostRequests;
            bytesBefore = mostBytes;
            limit = Math.min(most, limit + (met ? Math.max(1, limit / 4) : limit));
            waits = false;
            restart(now);
            settle();
        } else {
            restart(now);
        }
    }

    private static double ratio(double rate, double before) {
        return before == 0 ? (rate > 0 ? 2 : 0) : rate / before;
    }

    private void waitFor(long now) {
        waits = true;
        nextTry = now + patience;
    }

    /** What comes next still belongs to what was in flight before, and says nothing of this limit. */
    private void settle() {
        settling = true;
        mostRequests = 0;
        mostBytes = 0;
    }

    private void restart(long now) {
        began = now;
        answers /= 2;
        refusals /= 2;
        requests = 0;
        bytes = 0;
        latencies = 0;
        peak = inFlight;
        settling = false;
    }
}
