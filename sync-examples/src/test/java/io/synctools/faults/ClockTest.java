package io.synctools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.faults.DiskWorld.Layout;
import io.synctools.file.Disk;
import io.synctools.mirror.Declared;
import io.synctools.mirror.PrunePlan;
import io.synctools.mirror.PruneRules;
import io.synctools.mirror.Pruner;
import io.synctools.mirror.Subject;
import io.synctools.mirror.Verified;
import io.synctools.mirror.Verifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clocks an hour apart: time stamps in the future and the past decide nothing but what people are told. */
class ClockTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir(factory = InMemory.class)
    Path root;

    /** As if another host, whose clock is wrong by so much, had written all that is there. */
    private void stamp(Duration wrongBy) throws IOException {
        FileTime time = FileTime.from(Instant.now().plus(wrongBy));
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(file -> !Files.isSymbolicLink(file)).toList()) {
                Files.setLastModifiedTime(path, time);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatARunWithAWrongClockLeftIsAdoptedAndHeldAndVerified(Layout layout) throws Exception {
        for (Duration wrongBy : List.of(HOUR, HOUR.negated())) {
            new Disk().deleteTree(root);
            Files.createDirectory(root);
            DiskWorld world = new DiskWorld(layout, root);
            world.put(2);
            world.hub().interfere(question -> {
                if (question.endsWith("config.json")) {
                    throw new IOException("cut");
                }
            });
            long fetched = world.run().bytes().orElseThrow().transferred();
            assertTrue(fetched > DiskWorld.PART, "something is left to adopt");
            world.hub().interfere(question -> {});
            stamp(wrongBy);

            SyncReport.Item item = world.run();

            SyncReport.Bytes bytes = item.bytes().orElseThrow();
            assertEquals(Outcome.COPIED, item.outcome(), item::toString);
            assertEquals(bytes.total(), fetched + bytes.transferred(), "nothing came twice");
            stamp(wrongBy);
            long asked = world.hub().asked("open");
            assertEquals(Outcome.UP_TO_DATE, world.run().outcome());
            assertEquals(asked, world.hub().asked("open"));
            List<Verified> verified = new ArrayList<>();
            new Verifier(1).verify(Subject.all(world.inventory(root)), verified::add);
            assertEquals(List.of(), verified.get(0).findings());
            assertEquals(4, verified.get(0).files());
        }
    }

    private PrunePlan plan(DiskWorld world, Instant now) throws IOException {
        PruneRules rules = new PruneRules(0, Optional.of(Duration.ofMinutes(30)), OptionalInt.empty(), false);
        List<Declared> nothing = List.of();
        return new Pruner(List.of(world.inventory(root)), List.of(), DiskWorld.context(new Disk()))
                .plan(nothing, rules, now);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasPublishedInTheFutureIsNeverOldEnoughToGo(Layout layout) throws Exception {
        DiskWorld world = new DiskWorld(layout, root);
        world.put(1);
        world.run();
        stamp(Duration.ofDays(-365)); // The age is that in the proof, whatever the files look like.
        assertEquals(0, plan(world, Instant.now().minus(HOUR)).count(), "our clock is an hour late");
        assertEquals(0, plan(world, Instant.now()).count());
        assertEquals(1, plan(world, Instant.now().plus(HOUR)).count());
    }
}
