package io.synctools.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.Activity;
import io.synctools.Activity.Transfer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.SyncItem;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private static final Instant START = Instant.parse("2026-01-01T14:00:00Z");
    private static final long MIB = 1 << 20;

    private static ProgressText at(long mebibytes) {
        return new ProgressText(
                new Activity(41, 9, 118, 18, 1180 * MIB, mebibytes * MIB, mebibytes * MIB, List.of(), Map.of()), 0, 0);
    }

    private static ProgressText listed(Activity activity) {
        return new ProgressText(activity, 0, 0);
    }

    @Test
    void untilAllIsListedWhatIsToComeIsAtLeastThat() {
        Speed speed = new Speed();
        speed.add(START, at(0).activity());
        speed.add(START.plusSeconds(10), at(100).activity());
        assertEquals(
                "0.1 of at least 1.2 GiB  10.0 MiB/s  ETA at least 1m48s  items 9/41, 2 failed"
                        + "  entries 18 of at least 118",
                Heartbeat.text(new ProgressText(at(100).activity(), 1, 2), speed));
        assertEquals(
                "0.1 of 1.2 GiB (8%)  10.0 MiB/s  ETA 1m48s  items 9/41  entries 18/118",
                Heartbeat.text(at(100), speed));
    }

    @Test
    void theEndIsToldFromWhatComesNowAndNotFromWhatWasHere() {
        Speed speed = new Speed();
        speed.add(START, new Activity(1, 0, 1, 0, 1000 * MIB, 0, 0, List.of(), Map.of()));
        Activity resumed = new Activity(1, 0, 1, 0, 1000 * MIB, 500 * MIB, 10 * MIB, List.of(), Map.of());
        speed.add(START.plusSeconds(10), resumed);
        assertEquals(Optional.of(Duration.ofSeconds(500)), speed.eta(resumed));
    }

    @Test
    void beatsEvery30SecondsWhileSomethingMoves() {
        Heartbeat heartbeat = new Heartbeat(START, at(0), ZoneOffset.UTC);
        for (int second = 1; second < 30; second++) {
            assertEquals(Optional.empty(), heartbeat.beat(START.plusSeconds(second), at(second * 10L)), "at " + second);
        }
        assertEquals(
                Optional.of("14:00:30  0.3 of 1.2 GiB (25%)  10.0 MiB/s  ETA 1m28s  items 9/41  entries 18/118"),
                heartbeat.beat(START.plusSeconds(30), at(300)));
        assertEquals(Optional.empty(), heartbeat.beat(START.plusSeconds(59), at(590)));
    }

    @Test
    void beatsEvery60SecondsWhileNothingMovesAndTellsNoEndThen() {
        Heartbeat heartbeat = new Heartbeat(START, at(300), ZoneOffset.UTC);
        assertEquals(Optional.empty(), heartbeat.beat(START.plusSeconds(30), at(300)));
        assertEquals(Optional.empty(), heartbeat.beat(START.plusSeconds(59), at(300)));
        assertEquals(
                Optional.of("14:01:00  0.3 of 1.2 GiB (25%)  0 B/s  items 9/41  entries 18/118"),
                heartbeat.beat(START.plusSeconds(60), at(300)));
    }

    @Test
    void speedIsThatOfTheLastMinuteAndResumedBytesAreNotReceived() {
        Speed speed = new Speed();
        for (int second = 0; second <= 300; second++) {
            long received = second <= 200 ? second * 100 : 20_000 + (second - 200) * 7L;
            speed.add(
                    START.plusSeconds(second),
                    new Activity(1, 0, 1, 0, 1 << 30, received + 500_000, received, List.of(), Map.of()));
        }
        assertEquals(7, speed.bytesPerSecond());
    }

    @Test
    void namesTheActiveItemsOnceWithTheirNumberOfFiles() {
        SyncItem item =
                SyncItem.of(ArtifactRef.of("modelscope", "models/a/b"), ArtifactRef.of("modelscope-cache", "x/y"));
        Entry entry = Entry.file("f", 5, Checksum.sha256("00".repeat(32)));
        Activity activity = new Activity(
                2, 0, 0, 0, 0, 0, 0, List.of(new Transfer(item, entry, 1), new Transfer(item, entry, 2)), Map.of());
        assertEquals("items 0/2  active: a/b x2", Heartbeat.text(listed(activity), new Speed()));
    }

    @Test
    void saysWhichHostsAskedToWait() {
        Activity activity = new Activity(
                2,
                0,
                0,
                0,
                0,
                0,
                0,
                List.of(),
                Map.of("b.example", Duration.ofSeconds(42), "a.example", Duration.ofSeconds(5)));

        assertEquals(
                "items 0/2  a.example asked to wait, 5s left  b.example asked to wait, 42s left",
                Heartbeat.text(listed(activity), new Speed()));
    }
}
