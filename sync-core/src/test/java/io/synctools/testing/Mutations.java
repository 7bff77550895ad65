package io.synctools.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Inputs for fuzzing a parser: kept examples, changed in a few places. Most of what a random byte generator makes dies in a
 * parser's first branch; what is nearly right goes deep.
 *
 * <p>Examples are files beside the tests, so that an input that once broke a parser is kept by adding it to the folder.
 */
public final class Mutations {
    private static final int MOST_EDITS = 6;
    private static final int LONGEST_STRETCH = 40;

    /** One change; places are told in thousandths of the length, so that they shrink with the input. */
    private record Edit(Kind kind, int place, int length, byte[] payload) {}

    private enum Kind {
        INSERT,
        REPLACE,
        DELETE,
        REPEAT,
        CUT
    }

    private Mutations() {}

    /**
     * Changed examples, and unchanged ones too.
     *
     * @param anchor a class beside whose resources the folder stands
     * @param folder with one example a file; every file in it is used
     * @param words what the format is made of: brackets, keys, separators
     */
    public static Arbitrary<byte[]> of(Class<?> anchor, String folder, List<String> words) {
        return of(examples(anchor, folder), words);
    }

    /** As {@link #of(Class, String, List)}, of examples at hand. */
    public static Arbitrary<byte[]> of(List<byte[]> examples, List<String> words) {
        Arbitrary<byte[]> word = Arbitraries.of(words).map(text -> text.getBytes(StandardCharsets.UTF_8));
        Arbitrary<byte[]> noise = Arbitraries.bytes().array(byte[].class).ofMaxSize(4);
        Arbitrary<Edit> edit = Combinators.combine(
                        Arbitraries.of(Kind.class),
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.integers().between(1, LONGEST_STRETCH),
                        Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(3, word), net.jqwik.api.Tuple.of(1, noise)))
                .as(Edit::new);
        return Combinators.combine(Arbitraries.of(examples), edit.list().ofMaxSize(MOST_EDITS))
                .as(Mutations::apply);
    }

    /** The kept examples themselves, by file name. */
    public static List<byte[]> examples(Class<?> anchor, String folder) {
        try {
            URI place =
                    Objects.requireNonNull(anchor.getResource(folder), folder).toURI();
            List<byte[]> examples = new ArrayList<>();
            try (Stream<Path> files = Files.list(Path.of(place))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    examples.add(Files.readAllBytes(file));
                }
            }
            return examples;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(folder, e);
        }
    }

    private static byte[] apply(byte[] example, List<Edit> edits) {
        byte[] bytes = example;
        for (Edit edit : edits) {
            int from = (int) ((long) bytes.length * edit.place() / 1000);
            int to = Math.min(bytes.length, from + edit.length());
            bytes = switch (edit.kind()) {
                case INSERT -> join(bytes, from, edit.payload(), from);
                case REPLACE -> join(bytes, from, edit.payload(), to);
                case DELETE -> join(bytes, from, new byte[0], to);
                case REPEAT -> join(bytes, to, Arrays.copyOfRange(bytes, from, to), to);
                case CUT -> Arrays.copyOf(bytes, from);
            };
        }
        return bytes;
    }

    private static byte[] join(byte[] bytes, int headEnd, byte[] middle, int tailBegin) {
        byte[] joined = Arrays.copyOf(bytes, headEnd + middle.length + bytes.length - tailBegin);
        System.arraycopy(middle, 0, joined, headEnd, middle.length);
        System.arraycopy(bytes, tailBegin, joined, headEnd + middle.length, bytes.length - tailBegin);
        return joined;
    }
}
