package io.synctools.modelscope;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.modelscope.IndexReader.RefusedException;
import io.synctools.testing.Mutations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever stands in an index, it is read or refused, and what we write is read back. */
class IndexFuzzTest {
    private static final List<String> WORDS =
            List.of("}(", "u", "e", ".", "X\4\0\0\0Path", "X\b\0\0\0Revision", "h\2", "q\1", "]", "}", "s", "a", "(");

    @Provide
    Arbitrary<byte[]> indexes() throws IOException {
        List<byte[]> examples = new ArrayList<>(List.of(IndexTest.write(List.of("a@b", "c/模@e", "f@"))));
        IndexTest.BY_PROTOCOL.values().forEach(pickle -> examples.add(IndexTest.bytes(pickle)));
        return Mutations.of(examples, WORDS);
    }

    @Provide
    Arbitrary<List<String>> lines() {
        Arbitrary<String> text = Arbitraries.strings().withChars("aB/. @é模\n\0").ofMaxLength(300);
        return Combinators.combine(text, text)
                .as((path, revision) -> path.replace("@", "") + "@" + revision.replace("@", ""))
                .list()
                .ofMaxSize(40);
    }

    private static List<String> read(byte[] index) throws IOException {
        Path file = Files.createTempFile("index", ".msc");
        try {
            Files.write(file, index);
            List<String> lines = new ArrayList<>();
            IndexReader.read(file, (path, revision) -> lines.add(path + "@" + revision));
            return lines;
        } finally {
            Files.delete(file);
        }
    }

    @Property(seed = "20260101")
    void anyFileIsReadOrRefused(@ForAll("indexes") byte[] index) {
        try {
            List<String> lines = read(index);
            // Every line takes more than its two texts; what comes out of nothing would be invented.
            assertTrue(lines.size() <= index.length / 4, lines.size() + " lines of " + index.length + " bytes");
        } catch (RefusedException e) {
            assertTrue(String.valueOf(e.getMessage()).length() > 4, "a refusal without a reason");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Property(tries = 200, seed = "20260101")
    void whatIsWrittenIsReadBack(@ForAll("lines") List<String> lines) throws IOException {
        assertEquals(lines, read(IndexTest.write(lines)));
    }
}
