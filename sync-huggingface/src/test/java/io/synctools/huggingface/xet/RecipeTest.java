package io.synctools.huggingface.xet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ByteRange;
import io.synctools.spi.SharedRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeTest {
    private static final String A = "aa".repeat(32);
    private static final String B = "bb".repeat(32);

    @TempDir
    Path folder;

    private static Recipe recipe(Term... terms) {
        return new Recipe(List.of(terms));
    }

    @Test
    void itComesBackAsItWas() {
        Recipe recipe = recipe(
                new Term(0, 500_000, A, 0, 10),
                new Term(500_000, 4, B, 7, 8),
                new Term(500_004, 0x3fff_ffffL, A, 0, 8192));
        byte[] bytes = recipe.toBytes();
        assertEquals(recipe, Recipe.of(bytes));
        assertEquals(1 + 3 * 44, bytes.length);
    }

    @Test
    void termsThatAWindowCutAreOne() {
        Recipe cut = recipe(new Term(0, 100_000, A, 0, 2), new Term(100_000, 50_000, A, 2, 3));
        assertEquals(
                List.of(new Term(0, 150_000, A, 0, 3)), Recipe.of(cut.toBytes()).terms());
    }

    @Property
    void whatIsNoRecipeHasNoTerms(@ForAll @Size(max = 200) byte[] bytes) {
        Recipe.of(bytes).terms().forEach(term -> assertTrue(term.length() > 0 && term.firstChunk() >= 0));
    }

    /** A start and an end of what is stored together need no look at the file. */
    @Test
    void whatWasPutInTheMiddleLeavesBothSides() throws IOException {
        Recipe older = recipe(new Term(0, 100, B, 0, 1), new Term(100, 1_000_000, A, 0, 20));
        Recipe newer = recipe(
                new Term(0, 600_000, A, 0, 12),
                new Term(600_000, 70_000, B, 3, 4),
                new Term(670_000, 400_000, A, 12, 20));

        assertEquals(
                List.of(
                        new SharedRange(new ByteRange(0, 600_000), 100),
                        new SharedRange(new ByteRange(670_000, 400_000), 600_100)),
                newer.sharedWith(older, folder.resolve("not there")));
    }

    /** Whatever was cut out, put in, moved or repeated: what is said to be shared is. */
    @Test
    void whatIsSaidToBeSharedIsTheSame() throws IOException {
        Random random = new Random(11);
        for (int round = 0; round < 25; round++) {
            byte[] old = Chunks.weights(1_500_000 + random.nextInt(500_000), round);
            byte[] changed = edited(old, random);
            Map<ByteBuffer, Term> store = new HashMap<>();
            Recipe older = made(old, store, round + "a");
            Recipe newer = made(changed, store, round + "b");
            Path file = Files.write(folder.resolve("old"), old);

            long shared = 0;
            for (SharedRange range : newer.sharedWith(older, file)) {
                int here = (int) range.range().offset();
                int there = (int) range.offset();
                int length = (int) range.range().length();
                assertArrayEquals(
                        Arrays.copyOfRange(old, there, there + length),
                        Arrays.copyOfRange(changed, here, here + length),
                        "round " + round);
                shared += length;
            }
            assertTrue(shared > changed.length / 3, "round " + round + ": " + shared + " of " + changed.length);
        }
    }

    private static byte[] edited(byte[] old, Random random) {
        List<byte[]> parts = new ArrayList<>();
        int at = 0;
        while (at < old.length) {
            int length = Math.min(old.length - at, 100_000 + random.nextInt(600_000));
            switch (random.nextInt(4)) {
                case 0 -> parts.add(Chunks.weights(1 + random.nextInt(5000), random.nextLong()));
                case 1 -> at = Math.min(old.length, at + random.nextInt(5000));
                default -> {}
            }
            int end = Math.min(old.length, at + length);
            parts.add(Arrays.copyOfRange(old, at, end));
            at = end;
        }
        return Chunks.join(parts);
    }

    private static Recipe made(byte[] content, Map<ByteBuffer, Term> store, String name) {
        String xorb = String.format("%64s", name).replace(' ', '0').replaceAll("[^0-9a-f]", "0");
        List<Term> terms = new ArrayList<>();
        long offset = 0;
        int fresh = 0;
        for (byte[] chunk : Deduplicated.cut(content)) {
            Term kept = store.get(ByteBuffer.wrap(chunk));
            if (kept == null) {
                kept = new Term(0, chunk.length, xorb, fresh, ++fresh);
                store.put(ByteBuffer.wrap(chunk), kept);
            }
            terms.add(new Term(offset, chunk.length, kept.xorb(), kept.firstChunk(), kept.endChunk()));
            offset += chunk.length;
        }
        return Recipe.of(new Recipe(terms).toBytes());
    }
}
