package io.synctools.examples.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.synctools.huggingface.xet.Chunker;
import io.synctools.internal.json.Json;
import io.synctools.standin.HubFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The chunk store of a stand-in hub (docs/protocols/xet.md): files cut where their content says, each chunk kept once, grouped
 * and packed, 1,024 of them together. Names are made up, since no client looks into them. Filled before it serves.
 */
public final class ChunkShelf {
    private static final int CHUNKS_IN_XORB = 1024;
    private static final int GROUPED_LZ4 = 2;

    private final Path folder;
    private final Map<String, Xorb> xorbs = new ConcurrentHashMap<>();
    private final Map<String, List<Run>> files = new ConcurrentHashMap<>();
    private final Map<String, String> hashes = new ConcurrentHashMap<>();
    private final Map<String, Run> chunks = new HashMap<>();

    /** @param folder where the stored bytes are kept */
    public ChunkShelf(Path folder) {
        this.folder = folder;
    }

    /** Stored bytes, where each chunk begins in them with the end as last, and how long each is unpacked. */
    private record Xorb(HubFile file, List<Integer> starts, List<Integer> lengths) {}

    /** Chunks of a xorb that follow each other. */
    private record Run(String xorb, int first, int end) {}

    /** Keeps a file; chunks that are there already are not kept again. */
    public void add(HubFile file, Path content) throws IOException {
        try (FileChannel in = FileChannel.open(content, StandardOpenOption.READ)) {
            List<Run> runs = new ArrayList<>();
            try (Filling filling = new Filling()) {
                long start = 0;
                for (long end : Chunker.ends(in, 0, file.size(), (int) (file.size() / 8000) + 1)) {
                    byte[] chunk = new byte[(int) (end - start)];
                    for (ByteBuffer room = ByteBuffer.wrap(chunk); room.hasRemaining(); ) {
                        in.read(room, start + room.position());
                    }
                    start = end;
                    String digest = sha256(chunk);
                    Run known = chunks.get(digest);
                    if (known == null) {
                        known = filling.add(chunk);
                        chunks.put(digest, known);
                    }
                    Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
                    if (last != null && last.xorb().equals(known.xorb()) && last.end() == known.first()) {
                        runs.set(runs.size() - 1, new Run(last.xorb(), last.first(), known.end()));
                    } else {
                        runs.add(known);
                    }
                }
            }
            String hash = sha256(("file " + file.sha256()).getBytes(StandardCharsets.UTF_8));
            files.put(hash, runs);
            hashes.put(file.sha256(), hash);
        }
    }

    /** The name of a file in the store; empty where it is not there. */
    Optional<String> hashOf(String sha256) {
        return Optional.ofNullable(hashes.get(sha256));
    }

    /** Stored bytes by their name. */
    Optional<HubFile> xorb(String name) {
        return Optional.ofNullable(xorbs.get(name)).map(Xorb::file);
    }

    /** What a file is made of between two of its bytes, in the store's second form. */
    Optional<String> reconstruction(String hash, long from, long to, String storage) {
        List<Run> runs = files.get(hash);
        if (runs == null) {
            return Optional.empty();
        }
        ObjectNode answer = Json.MAPPER.createObjectNode();
        ArrayNode terms = answer.putArray("terms");
        Map<String, TreeMap<Integer, Integer>> wanted = new TreeMap<>();
        long skipped = 0;
        long at = 0;
        for (Run run : runs) {
            List<Integer> lengths =
                    Objects.requireNonNull(xorbs.get(run.xorb())).lengths();
            int first = -1;
            int end = -1;
            long length = 0;
            for (int i = run.first(); i < run.end(); at += lengths.get(i), i++) {
                if (at + lengths.get(i) > from && at < to) {
                    skipped = terms.isEmpty() && first < 0 ? Math.max(0, from - at) : skipped;
                    first = first < 0 ? i : first;
                    end = i + 1;
                    length += lengths.get(i);
                }
            }
            if (first >= 0) {
                ObjectNode term = terms.addObject().put("hash", run.xorb()).put("unpacked_length", length);
                term.putObject("range").put("start", first).put("end", end);
                wanted.computeIfAbsent(run.xorb(), any -> new TreeMap<>()).merge(first, end, Math::max);
            }
        }
        answer.put("offset_into_first_range", skipped);
        ObjectNode stored = answer.putObject("xorbs");
        wanted.forEach((xorb, ranges) -> fetches(stored.putArray(xorb), xorb, ranges, storage));
        return Optional.of(answer.toString());
    }

    /** An address for each stretch; those that touch are one. */
    private void fetches(ArrayNode into, String xorb, NavigableMap<Integer, Integer> ranges, String storage) {
        List<Integer> starts = Objects.requireNonNull(xorbs.get(xorb)).starts();
        while (!ranges.isEmpty()) {
            int first = ranges.firstKey();
            int end = ranges.remove(first);
            while (!ranges.isEmpty() && ranges.firstKey() <= end) {
                end = Math.max(end, ranges.remove(ranges.firstKey()));
            }
            ObjectNode range = into.addObject()
                    .put("url", storage + "/xorb/" + xorb + "?first=" + first)
                    .putArray("ranges")
                    .addObject();
            range.putObject("chunks").put("start", first).put("end", end);
            range.putObject("bytes").put("start", starts.get(first)).put("end", starts.get(end) - 1);
        }
    }

    /** Xorbs as they fill up. */
    private final class Filling implements AutoCloseable {
        private @Nullable OutputStream out;
        private Path path = folder;
        private String name = "";
        private List<Integer> starts = new ArrayList<>();
        private List<Integer> lengths = new ArrayList<>();

        Run add(byte[] chunk) throws IOException {
            if (out == null) {
                name = sha256(("xorb " + xorbs.size()).getBytes(StandardCharsets.UTF_8));
                path = Files.createDirectories(folder).resolve(name);
                out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
                starts = new ArrayList<>(List.of(0));
                lengths = new ArrayList<>();
            }
            byte[] packed = Lz4.pack(Lz4.group(chunk));
            boolean smaller = packed.length < chunk.length;
            byte[] data = smaller ? packed : chunk;
            byte[] head = {0, 0, 0, 0, (byte) (smaller ? GROUPED_LZ4 : 0), 0, 0, 0};
            for (int i = 0; i < 3; i++) {
                head[1 + i] = (byte) (data.length >>> (8 * i));
                head[5 + i] = (byte) (chunk.length >>> (8 * i));
            }
            out.write(head);
            out.write(data);
            starts.add(starts.get(starts.size() - 1) + head.length + data.length);
            lengths.add(chunk.length);
            Run run = new Run(name, lengths.size() - 1, lengths.size());
            if (lengths.size() == CHUNKS_IN_XORB) {
                close();
            }
            return run;
        }

        @Override
        public void close() throws IOException {
            if (out != null) {
                out.close();
                out = null;
                xorbs.put(name, new Xorb(HubFile.of(name, path), starts, lengths));
            }
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
