package io.synctools.modelscope;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads an index {@code .msc} that the hub's own client, or we, wrote: a Python pickle of a list of dicts with the two
 * texts {@code Path} and {@code Revision} ({@code docs/protocols/modelscope.md} section 6.1).
 *
 * <p>A pickle is a program; this reader knows just the instructions that build such a list and refuses all others, so
 * nothing in the file is ever executed. Time and memory are bounded by constants, whatever the file holds. Not
 * thread-safe.
 */
final class IndexReader {
    private static final long MOST_BYTES = 256L << 20;
    private static final int MOST_LINES = 500_000;
    private static final int MOST_STEPS = 16 * MOST_LINES;
    private static final int MOST_MEMOS = 4 * MOST_LINES;
    private static final int MOST_RECENT = 1024;
    /** Two keys and two values: more are never on the stack at once. */
    private static final int MOST_TEXTS = 4;

    private static final Object LIST = "list";
    private static final Object MARK = "mark";
    private static final Object LINE = "line";

    private static final int UNSET = -1;
    private static final int NOT_TEXT = -2;

    /** Hears of each line. What it heard does not count when {@link #read} throws. */
    @FunctionalInterface
    interface Lines {
        void line(String path, String revision) throws IOException;
    }

    /** The file is not an index; it is to be treated as absent. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }

    /** A text on the stack, and where in the file it stands. */
    private record Text(String value, int offset) {}

    /** A dict that does not have both its texts yet. */
    private static final class Dict {
        private @Nullable String path;
        private @Nullable String revision;
    }

    private final IndexBytes bytes;
    private final Lines lines;
    private final List<Object> stack = new ArrayList<>();
    /** Where each memorized text stands: a number instead of the text. */
    private int[] memo = new int[0];

    private int memorized;
    private int texts;
    private final Map<Integer, Text> recent = new HashMap<>();

    private IndexReader(IndexBytes bytes, Lines lines) {
        this.bytes = bytes;
        this.lines = lines;
    }

    /**
     * Reads a whole index.
     *
     * @throws RefusedException if the file is anything else
     * @throws IOException if it is absent or cannot be read
     */
    static void read(Path index, Lines lines) throws IOException {
        try (FileChannel file = FileChannel.open(index, StandardOpenOption.READ)) {
            if (file.size() > MOST_BYTES) {
                throw new RefusedException("larger than " + MOST_BYTES + " bytes");
            }
            new IndexReader(new IndexBytes(file), lines).run();
        } catch (EOFException e) {
            throw new RefusedException("ends early");
        } catch (CharacterCodingException e) {
            throw new RefusedException("a text that is not UTF-8");
        }
    }

    private void run() throws IOException {
        for (int step = 0; step < MOST_STEPS; step++) {
            int instruction = bytes.next();
            if (instruction == '.') {
                if (stack.size() != 1 || stack.get(0) != LIST) {
                    throw new RefusedException("not one list");
                }
                return;
            }
            execute(instruction);
            if (stack.size() > MOST_LINES) {
                throw new RefusedException("more than " + MOST_LINES + " lines");
            }
        }
        throw new RefusedException("too long");
    }

    private void execute(int instruction) throws IOException {
        switch (instruction) {
            case 0x80 -> checkProtocol();
            case 0x95 -> skipFrameLength();
            case ']' -> beginList();
            case '(' -> stack.add(MARK);
            case '}' -> stack.add(new Dict());
            case IndexBytes.SHORT_TEXT, IndexBytes.LONG_TEXT -> {
                int offset = bytes.position() - 1;
                push(new Text(bytes.text(instruction), offset));
            }
            case 0x94 -> memorize(memorized);
            case 'q' -> memorize(bytes.next());
            case 'r' -> memorize(bytes.nextInt());
            case 'h' -> recall(bytes.next());
            case 'j' -> recall(bytes.nextInt());
            case 's' -> setItems(stack.size() - 2, 0);
            case 'u' -> setItems(lastMark() + 1, 1);
            case 'a' -> append(stack.size() - 1, 0);
            case 'e' -> append(lastMark() + 1, 1);
            default -> throw new RefusedException("instruction " + instruction + " at byte " + (bytes.position() - 1));
        }
    }

    private void checkProtocol() throws IOException {
        if (bytes.position() != 1 || bytes.next() > 5) {
            throw new RefusedException("unknown protocol");
        }
    }

    private void skipFrameLength() throws IOException {
        for (int i = 0; i < Long.BYTES; i++) {
            bytes.next();
        }
    }

    private void beginList() throws IOException {
        if (!stack.isEmpty()) {
            throw new RefusedException("a list inside something");
        }
        stack.add(LIST);
    }

    private void memorize(int index) throws IOException {
        if (index < 0 || index >= MOST_MEMOS || stack.isEmpty()) {
            throw new RefusedException("memorizes nothing, or too much");
        }
        if (index >= memo.length) {
            int before = memo.length;
            memo = Arrays.copyOf(memo, Math.max(index + 1, 2 * before));
            Arrays.fill(memo, before, memo.length, UNSET);
        }
        memorized += memo[index] == UNSET ? 1 : 0;
        memo[index] = stack.get(stack.size() - 1) instanceof Text text ? text.offset : NOT_TEXT;
        recent.remove(index);
    }

    private void recall(int index) throws IOException {
        if (index < 0 || index >= memo.length || memo[index] < 0) {
            throw new RefusedException("recalls something else than a text");
        }
        Text text = recent.get(index);
        if (text == null) {
            text = new Text(bytes.textAt(memo[index]), memo[index]);
            if (recent.size() == MOST_RECENT) {
                recent.clear();
            }
            recent.put(index, text);
        }
        push(text);
    }

    private void push(Text text) throws IOException {
        if (++texts > MOST_TEXTS) {
            throw new RefusedException("texts outside of dicts");
        }
        stack.add(text);
    }

    private int lastMark() throws IOException {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw new RefusedException("no mark");
        }
        return mark;
    }

    /** Puts keys and values from a stack position on into the dict before them; a dict with both texts is a line. */
    private void setItems(int first, int marks) throws IOException {
        int dictAt = first - marks - 1;
        if (dictAt < 0 || !(stack.get(dictAt) instanceof Dict dict)) {
            throw new RefusedException("sets items of something else than a new dict");
        }
        for (int i = first; i < stack.size(); i += 2) {
            if (i + 1 == stack.size()
                    || !(stack.get(i) instanceof Text key)
                    || !(stack.get(i + 1) instanceof Text text)) {
                throw new RefusedException("a dict of something else than texts");
            }
            set(dict, key.value, text.value);
        }
        drop(first - marks);
        if (dict.path != null && dict.revision != null) {
            stack.set(dictAt, LINE);
            lines.line(dict.path, dict.revision);
        }
    }

    private static void set(Dict dict, String key, String value) throws IOException {
        if (key.equals("Path") && dict.path == null) {
            dict.path = value;
        } else if (key.equals("Revision") && dict.revision == null) {
            dict.revision = value;
        } else {
            throw new RefusedException("a dict of something else than one Path and one Revision");
        }
    }

    private void append(int first, int marks) throws IOException {
        int listAt = first - marks - 1;
        if (listAt < 0 || stack.get(listAt) != LIST) {
            throw new RefusedException("appends to something else than the list");
        }
        for (int i = first; i < stack.size(); i++) {
            if (stack.get(i) != LINE) {
                throw new RefusedException("a list of something else than whole dicts");
            }
        }
        drop(first - marks);
    }

    private void drop(int size) {
        stack.subList(size, stack.size()).clear();
        texts = 0;
    }
}
