package io.synctools.huggingface.xet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ByteRange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever a store answers: what is believed makes up the range without a hole, and nothing but an IOException is thrown. */
class ReconstructionFuzzTest {
    private static final String A = "ab".repeat(32);
    private static final String B = "cd".repeat(32);
    private static final long SIZE = 300_000;

    private static final List<String> TRUE_ANSWERS = List.of(
            "{\"offset_into_first_range\":0,\"terms\":[{\"hash\":\"" + A
                    + "\",\"unpacked_length\":200000,\"range\":{\"start\":3,\"end\":6}},{\"hash\":\"" + B
                    + "\",\"unpacked_length\":100000,\"range\":{\"start\":0,\"end\":1}}],\"xorbs\":{\"" + A
                    + "\":[{\"url\":\"https://t.example/a?s=1\",\"ranges\":[{\"chunks\":{\"start\":3,\"end\":6},\"bytes\":{\"start\":30,\"end\":99999}}]}],\""
                    + B
                    + "\":[{\"url\":\"https://t.example/b?s=1\",\"ranges\":[{\"chunks\":{\"start\":0,\"end\":2},\"bytes\":{\"start\":0,\"end\":99}}]}]}}",
            "{\"offset_into_first_range\":0,\"terms\":[{\"hash\":\"" + A
                    + "\",\"unpacked_length\":300000,\"range\":{\"start\":0,\"end\":3}}],\"fetch_info\":{\"" + A
                    + "\":[{\"url\":\"https://t.example/a\",\"range\":{\"start\":0,\"end\":3},\"url_range\":{\"start\":0,\"end\":7}}]}}");

    private static final List<String> WORDS = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "null",
            "true",
            "-1",
            "0",
            "1",
            "8193",
            "4294967296",
            "99999999999999999999",
            "1e3",
            "\"\"",
            "\"" + A + "\"",
            "\"terms\"",
            "\"hash\"",
            "\"range\"",
            "\"xorbs\"",
            "\"ranges\"",
            "\"url\"",
            "\"chunks\"",
            "\"bytes\"",
            "\"start\"",
            "\"end\"",
            "\"unpacked_length\"",
            "\"http://h/\"",
            "\"fetch_info\"");

    @Provide
    Arbitrary<String> answers() {
        return Arbitraries.of(TRUE_ANSWERS);
    }

    @Provide
    Arbitrary<List<String>> words() {
        return Arbitraries.of(WORDS).list().ofMaxSize(40);
    }

    @Property
    void aTrueAnswerIsRead(@ForAll("answers") String answer) throws IOException {
        Reconstruction made = read(answer, new ByteRange(0, SIZE));
        assertEquals(SIZE, made.terms().get(made.terms().size() - 1).end());
    }

    @Property
    void anAnswerWithOtherWordsInItIsReadOrRefused(
            @ForAll("answers") String answer,
            @ForAll @IntRange(max = 700) int at,
            @ForAll @IntRange(max = 60) int instead,
            @ForAll("words") @Size(max = 3) List<String> words,
            @ForAll @IntRange(max = 1) int ranged)
            throws IOException {
        int from = Math.min(at, answer.length());
        int to = Math.min(answer.length(), from + instead);
        readOrRefuse(
                answer.substring(0, from) + String.join("", words) + answer.substring(to),
                ranged == 0 ? new ByteRange(0, SIZE) : new ByteRange(100, 5000));
    }

    @Property
    void anyWordsAreReadOrRefused(@ForAll("words") List<String> words) throws IOException {
        readOrRefuse(String.join("", words), new ByteRange(0, SIZE));
        readOrRefuse("{\"terms\":[{" + String.join("", words), new ByteRange(7, 8));
        readOrRefuse("{\"xorbs\":{\"" + A + "\":[" + String.join("", words), new ByteRange(7, 8));
    }

    private static Reconstruction read(String answer, ByteRange range) throws IOException {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        return ReconstructionReader.read("store", new ByteArrayInputStream(bytes), range, SIZE);
    }

    private static void readOrRefuse(String answer, ByteRange range) {
        Reconstruction made;
        try {
            made = read(answer, range);
        } catch (IOException e) {
            return;
        }
        assertTrue(made.holds(range), answer);
        assertEquals(made.terms().size(), made.stored().size());
        long at = made.terms().get(0).offset();
        for (int i = 0; i < made.terms().size(); i++) {
            Term term = made.terms().get(i);
            assertEquals(at, term.offset(), answer);
            assertTrue(term.length() > 0 && made.stored().get(i).covers(term.firstChunk(), term.endChunk()), answer);
            at = term.end();
        }
    }
}
