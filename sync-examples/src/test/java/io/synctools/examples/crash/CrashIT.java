package io.synctools.examples.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Processes that die at every kind of point: at the n-th operation on the disk, and by SIGKILL at random times; alone, run
 * again until the work is done, and in pairs of which the second begins one commit later. Every second death is in a pair.
 *
 * <p>{@code -Dcrash.kills=N} asks for N deaths in each layout (default 84, and 334 in the nightly profile, which begins with
 * other seeds each day). Each world prints its seed; {@code -Dcrash.seed=N} repeats that world alone.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 3, unit = TimeUnit.HOURS)
class CrashIT {
    private static final boolean NIGHTLY = Boolean.getBoolean("nightly");
    private static final int KILLS = Integer.getInteger("crash.kills", NIGHTLY ? 334 : 84);

    private static final long FIRST =
            NIGHTLY ? 1000 * LocalDate.now(ZoneOffset.UTC).toEpochDay() : 1;

    /** In one world at most, so that there are worlds enough that come to their end. */
    private static final int KILLS_EACH = 14;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(MirrorProcess.Layout.class)
    void whereverAProcessDiesReadersSeeOneRevisionAndTheNextRunFinishes(MirrorProcess.Layout layout) throws Exception {
        Long only = Long.getLong("crash.seed");
        int alone = 0;
        int inPairs = 0;
        for (long seed = only == null ? FIRST : only; alone + inPairs < KILLS; seed++) {
            boolean pairs = seed % 2 == 0;
            int most = Math.min(KILLS_EACH, (KILLS + 1) / 2 - (pairs ? inPairs : alone));
            if (most > 0) {
                int deaths = world(layout, seed, pairs, most);
                System.out.println("crash suite, " + layout + ", seed " + seed + (pairs ? ", in pairs: " : ", alone: ")
                        + deaths + " deaths");
                alone += pairs ? 0 : deaths;
                inPairs += pairs ? deaths : 0;
            }
            if (only != null) {
                return;
            }
        }
        System.out.println("crash suite, " + layout + ": " + (alone + inPairs) + " deaths, " + inPairs + " in pairs");
    }

    private int world(MirrorProcess.Layout layout, long seed, boolean pairs, int most) throws Exception {
        Path own = Files.createDirectory(folder.resolve(layout + "-" + seed));
        try (CrashWorld world = new CrashWorld(layout, own, seed)) {
            int deaths = pairs ? world.deathsInPairs(most) : world.deathsAlone(most);
            world.finish();
            return deaths;
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError(
                    "seed " + seed + " of " + layout + "; -Dcrash.seed=" + seed + " repeats it: " + e.getMessage(), e);
        }
    }
}
