package io.synctools.modelscope;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.synctools.model.ArtifactRef;
import io.synctools.modelscope.IndexReader.RefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client's own files, byte for byte. What begins with {@code 8004} was written by CPython's pickler. */
class IndexTest {
    private static final RepositoryId MODEL =
            RepositoryId.of(ArtifactRef.of("modelscope", "models/Qwen/Qwen2.5-7B-Instruct"));

    /** {@code [{'Path': 'config.json', 'Revision': 'abc'}, {'Path': 'sub/模型.bin', 'Revision': 'def'}]}. */
    static final Map<String, String> BY_PROTOCOL = Map.of(
            "1",
            "5d7100287d7101285804000000506174687102580b000000636f6e6669672e6a736f6e710358080000005265766973696f6e"
                    + "710458030000006162637105757d7106286802580e0000007375622fe6a8a1e59e8b2e62696e71076804"
                    + "5803000000646566710875652e",
            "2",
            "80025d7100287d7101285804000000506174687102580b000000636f6e6669672e6a736f6e710358080000005265766973696f6e"
                    + "710458030000006162637105757d7106286802580e0000007375622fe6a8a1e59e8b2e62696e71076804"
                    + "5803000000646566710875652e",
            "4",
            "8004954e000000000000005d94287d94288c0450617468948c0b636f6e6669672e6a736f6e948c085265766973696f6e"
                    + "948c0361626394757d942868028c0e7375622fe6a8a1e59e8b2e62696e9468048c036465669475652e",
            "5",
            "8005954e000000000000005d94287d94288c0450617468948c0b636f6e6669672e6a736f6e948c085265766973696f6e"
                    + "948c0361626394757d942868028c0e7375622fe6a8a1e59e8b2e62696e9468048c036465669475652e");

    @TempDir
    Path folder;

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private List<String> read(byte[] index) throws IOException {
        Path file = folder.resolve(".msc");
        Files.write(file, index);
        List<String> lines = new ArrayList<>();
        IndexReader.read(file, (path, revision) -> lines.add(path + "@" + revision));
        return lines;
    }

    private static void write(OutputStream out, List<String> lines) throws IOException {
        IndexWriter index = IndexWriter.begin(out);
        for (String line : lines) {
            int at = line.lastIndexOf('@');
            index.line(line.substring(0, at), line.substring(at + 1));
        }
        index.end();
    }

    static byte[] write(List<String> lines) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, lines);
        return out.toByteArray();
    }

    @Test
    void writesTheIndexByteForByte() throws Exception {
        String path = "58 04000000 50617468";
        String revision = "58 08000000 5265766973696f6e";
        assertArrayEquals(
                bytes("8002 5d 28"
                        + "7d 28" + path + "58 0b000000 636f6e6669672e6a736f6e" + revision + "58 03000000 616263" + "75"
                        + "7d 28" + path + "58 07000000 612fe6a8a12e" + "62" + revision + "58 00000000" + "75"
                        + "65 2e"),
                write(List.of("config.json@abc", "a/模.b@")));
    }

    @Test
    void writesAnEmptyIndexByteForByte() throws Exception {
        assertArrayEquals(bytes("8002 5d 28 65 2e"), write(List.of()));
    }

    @Test
    void writesTheNameByteForByte() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        IndexWriter.name(out, MODEL);
        assertArrayEquals(
                bytes("8002 7d 58 02000000 6964 58 1a000000"
                        + HexFormat.of().formatHex("Qwen/Qwen2___5-7B-Instruct".getBytes(StandardCharsets.UTF_8))
                        + "73 2e"),
                out.toByteArray());
    }

    @Test
    void writesTheRevisionAsText() {
        assertEquals(
                "Revision:master,CreatedAt:1690000000",
                IndexWriter.revision(MODEL, "master", OptionalLong.of(1690000000)));
        assertEquals("Revision:master", IndexWriter.revision(MODEL, "master", OptionalLong.empty()));
        RepositoryId dataset = RepositoryId.of(ArtifactRef.of("modelscope", "datasets/o/d"));
        assertEquals("master", IndexWriter.revision(dataset, "master", OptionalLong.of(1)));
    }

    @Test
    void readsWhatEachProtocolOfTheClientsPicklerWrites() throws Exception {
        for (Map.Entry<String, String> pickle : BY_PROTOCOL.entrySet()) {
            assertEquals(
                    List.of("config.json@abc", "sub/模型.bin@def"),
                    read(bytes(pickle.getValue())),
                    "protocol " + pickle.getKey());
        }
    }

    @Test
    void readsOneFileNoFileAndSharedRevisions() throws Exception {
        assertEquals(List.of(), read(bytes("80045d942e")));
        assertEquals(
                List.of("a@r1"),
                read(
                        bytes(
                                "80049523000000000000005d947d94288c0450617468948c0161948c085265766973696f6e948c0272319475612e")));
        assertEquals(
                List.of("a@r1", "b@r1"),
                read(bytes(
                        "80049532000000000000005d94287d94288c0450617468948c0161948c085265766973696f6e948c02723194757d"
                                + "942868028c0162946804680575652e")));
    }

    @Test
    void readsDictsBuiltItemByItem() throws Exception {
        // }q\x01 X Path X a s X Revision X r s, then append
        assertEquals(
                List.of("a@r"), read(bytes("8002 5d 7d 8c0450617468 8c0161 73 8c085265766973696f6e 8c0172 73 61 2e")));
    }

    @Test
    void readsItsOwnIndexOfManyFilesAcrossBufferEnds() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            lines.add("folder " + i % 17 + "/文件-" + i + ".bin@" + Integer.toHexString(i * 31));
        }
        assertEquals(lines, read(write(lines)));
    }

    @Test
    void readsTheBatchesAndManyMemosOfALargeIndexOfTheClient() throws Exception {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        List<String> lines = new ArrayList<>();
        clientsPickle(pickle, lines, 2_500);
        assertEquals(lines, read(pickle.toByteArray()));
    }

    /** What CPython's pickler writes for protocol 4: batches of 1000, keys from memo 2 and 4, long forms from memo 256. */
    private static void clientsPickle(OutputStream out, List<String> lines, int count) throws IOException {
        out.write(bytes("8004 95 0000000000000000 5d 94"));
        for (int i = 0; i < count; i++) {
            if (i % 1000 == 0) {
                out.write('(');
            }
            String path = "f" + i;
            out.write(bytes("7d94 28"));
            out.write(i == 0 ? bytes("8c0450617468 94") : bytes("6802"));
            text(out, path);
            out.write(i == 0 ? bytes("8c085265766973696f6e 94") : bytes("6804"));
            if (i < 2) {
                text(out, "r" + i);
            } else {
                out.write(bytes(i % 2 == 0 ? "68 05" : "6a 08000000"));
            }
            lines.add(path + "@r" + i % 2);
            out.write('u');
            if (i % 1000 == 999 || i == count - 1) {
                out.write('e');
            }
        }
        out.write('.');
    }

    private static void text(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(0x8c);
        out.write(bytes.length);
        out.write(bytes);
        out.write(0x94);
    }

    @Test
    void refusesWhatIsNotAnIndexAndExecutesNothing() {
        String one = "7d 28 8c0450617468 8c0161 8c085265766973696f6e 8c0172 75";
        Map<String, String> refused = Map.ofEntries(
                Map.entry("nothing", ""),
                Map.entry("text", HexFormat.of().formatHex("hello".getBytes(StandardCharsets.UTF_8))),
                Map.entry("os.system by GLOBAL and REDUCE", "8002 63 6f730a 73797374656d0a 28 8c026c73 74 52 2e"),
                Map.entry("STACK_GLOBAL", "8004 8c026f73 94 8c0673797374656d 94 93 94 2e"),
                Map.entry("BUILD", "8002 5d 28" + one + "65 62 2e"),
                Map.entry("no list", "8002 " + one + "2e"),
                Map.entry("a text alone", "8002 8c0161 2e"),
                Map.entry("an empty dict", "8002 5d 28 7d 65 2e"),
                Map.entry("half a dict", "8002 5d 28 7d 28 8c0450617468 8c0161 75 65 2e"),
                Map.entry("another key", "8002 5d 28 7d 28 8c0450617468 8c0161 8c0161 8c0162 75 65 2e"),
                Map.entry("a key twice", "8002 5d 28 7d 28 8c0450617468 8c0161 8c0450617468 8c0162 75 65 2e"),
                Map.entry(
                        "a third key",
                        "8002 5d 28 7d 28 8c0450617468 8c0161 8c085265766973696f6e 8c0172 75"
                                + "8c0161 8c0162 73 65 2e"),
                Map.entry("an odd number of texts", "8002 5d 28 7d 28 8c0450617468 75 65 2e"),
                Map.entry("a list in the list", "8002 5d 28 5d 65 2e"),
                Map.entry("a dict that is in no list", "8002 5d" + one + "2e"),
                Map.entry("an open mark", "8002 5d 28 2e"),
                Map.entry("no mark", "8002 5d 65 2e"),
                Map.entry("append to nothing", "8002 61 2e"),
                Map.entry("a memo that was never set", "8002 5d 28 7d 28 6807 8c0161 75 65 2e"),
                Map.entry("a memo that is a dict", "8002 5d 28 7d 94 28 6800 8c0161 75 65 2e"),
                Map.entry("a memo of nothing", "8002 94 5d 2e"),
                Map.entry("a memo beyond bounds", "8002 5d 72 ffffff7f 2e"),
                Map.entry("a negative memo", "8002 5d 72 ffffffff 2e"),
                Map.entry("a text beyond the end", "8002 5d 28 7d 28 58 ffff0000 50617468"),
                Map.entry("a negative length", "8002 5d 28 7d 28 58 ffffffff 50617468"),
                Map.entry("bytes that are not UTF-8", "8002 5d 28 7d 28 8c02c328 8c0161 75 65 2e"),
                Map.entry("no end", "8002 5d 28" + one + "65"),
                Map.entry("an unknown protocol", "8006 5d 2e"),
                Map.entry("a second protocol", "8002 8002 5d 2e"));
        refused.forEach((what, hex) -> assertThrows(RefusedException.class, () -> read(bytes(hex)), what));
    }

    @Test
    void endsSoonAndSmallWhateverTheFileHolds() throws Exception {
        for (int[] bomb : List.of(
                new int[] {'('},
                new int[] {'}'},
                new int[] {']'},
                new int[] {0x8c, 0},
                new int[] {'}', 0x94},
                new int[] {'h', 0})) {
            byte[] index = new byte[4 << 20];
            byte[] head = bytes("8002 5d 94");
            System.arraycopy(head, 0, index, 0, head.length);
            for (int i = head.length; i < index.length; i++) {
                index[i] = (byte) bomb[i % bomb.length];
            }
            assertThrows(RefusedException.class, () -> read(index));
        }
    }
}
