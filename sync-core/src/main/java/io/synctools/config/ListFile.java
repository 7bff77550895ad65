package io.synctools.config;

import io.synctools.model.Place;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One list as it was read: its text, or why there is none. Immutable.
 *
 * @param name the path as given, which faults repeat
 * @param text the content without a byte order mark; empty if it could not be read
 * @param faults why there is no text; empty where there is one
 */
public record ListFile(String name, Optional<String> text, List<ListFault> faults) {
    private static final int MOST_BYTES = 10 << 20;

    public ListFile {
        faults = List.copyOf(faults);
    }

    /** Reads a file; one that is missing, a folder, too big or not UTF-8 has a fault instead of text. */
    public static ListFile read(Path path) {
        String name = path.toString();
        if (Files.isDirectory(path)) {
            return without(name, "this is a folder; name a file");
        }
        if (name.endsWith(".yml") || name.endsWith(".yaml")) {
            return without(name, "is YAML, and lists are INI or JSON");
        }
        try (InputStream in = Files.newInputStream(path)) {
            return of(name, in.readNBytes(MOST_BYTES + 1));
        } catch (NoSuchFileException e) {
            return without(name, "there is no such file");
        } catch (IOException e) {
            return without(name, "cannot be read: " + e.getMessage());
        }
    }

    /** Takes bytes for the content of a file of that name. */
    public static ListFile of(String name, byte[] content) {
        if (content.length > MOST_BYTES) {
            return without(name, "is larger than 10 MiB; no list of ours is");
        }
        Optional<String> foreign = foreignEncoding(content);
        return foreign.isPresent()
                ? without(name, "is encoded as " + foreign.get() + "; save it as UTF-8")
                : decode(name, content);
    }

    /** Takes text for the content of a file of that name. */
    public static ListFile of(String name, String content) {
        return of(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Where the file begins. */
    Place top() {
        return new Place(name, 1, 1);
    }

    private static ListFile without(String name, String why) {
        return new ListFile(name, Optional.empty(), List.of(ListFault.error(new Place(name, 1, 1), why)));
    }

    private static ListFile decode(String name, byte[] content) {
        boolean mark =
                content.length >= 3 && at(content, 0) == 0xEF && at(content, 1) == 0xBB && at(content, 2) == 0xBF;
        ByteBuffer bytes = ByteBuffer.wrap(content);
        bytes.position(mark ? 3 : 0);
        CharBuffer chars = CharBuffer.allocate(content.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CoderResult result = decoder.decode(bytes, chars, true);
        chars.flip();
        if (!result.isError()) {
            return new ListFile(name, Optional.of(chars.toString()), List.of());
        }
        String message =
                String.format("the byte 0x%02X is not UTF-8; save the file as UTF-8", at(content, bytes.position()));
        return new ListFile(
                name, Optional.empty(), List.of(ListFault.error(placeAt(name, chars, chars.length()), message)));
    }

    /** The place of a character, counting lines at LF, CR or both. */
    static Place placeAt(String name, CharSequence text, int offset) {
        int line = 1;
        int begin = 0;
        for (int i = 0; i < offset; i++) {
            char c = text.charAt(i);
            if (c == '\n' || (c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n'))) {
                line++;
                begin = i + 1;
            }
        }
        return new Place(name, line, offset - begin + 1);
    }

    private static Optional<String> foreignEncoding(byte[] content) {
        if (content.length < 2) {
            return Optional.empty();
        }
        int first = at(content, 0);
        int second = at(content, 1);
        boolean bigEndian = (first == 0xFE && second == 0xFF) || (first == 0 && second != 0);
        boolean littleEndian = (first == 0xFF && second == 0xFE) || (first != 0 && second == 0);
        return bigEndian || littleEndian ? Optional.of("UTF-16") : Optional.empty();
    }

    private static int at(byte[] content, int index) {
        return content[index] & 0xFF;
    }
}
