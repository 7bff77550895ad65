package io.synctools.huggingface.xet;

import io.synctools.huggingface.xet.FakeStore.Piece;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts files into a store as uploaders do: cut where their content says, and chunks that it has already not again. */
public final class Deduplicated {
    private static final int CHUNKS_IN_XORB = 40;

    private final FakeStore store;
    private final Map<ByteBuffer, Piece> chunks = new HashMap<>();

    public Deduplicated(FakeStore store) {
        this.store = store;
    }

    /** Keeps a file; returns its name in the store. */
    public String file(byte[] content) {
        List<byte[]> all = cut(content);
        List<byte[]> fresh = all.stream()
                .filter(chunk -> !chunks.containsKey(ByteBuffer.wrap(chunk)))
                .toList();
        for (int from = 0; from < fresh.size(); from += CHUNKS_IN_XORB) {
            List<byte[]> some = fresh.subList(from, Math.min(fresh.size(), from + CHUNKS_IN_XORB));
            String xorb = store.put(2, some.toArray(byte[][]::new));
            for (int i = 0; i < some.size(); i++) {
                chunks.putIfAbsent(ByteBuffer.wrap(some.get(i)), new Piece(xorb, i, i + 1));
            }
        }
        List<Piece> pieces = new ArrayList<>();
        for (byte[] chunk : all) {
            Piece piece = chunks.get(ByteBuffer.wrap(chunk));
            Piece last = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
            if (last != null && piece != null && last.xorb().equals(piece.xorb()) && last.end() == piece.first()) {
                pieces.set(pieces.size() - 1, new Piece(last.xorb(), last.first(), piece.end()));
            } else {
                pieces.add(piece);
            }
        }
        return store.file(content, pieces.toArray(Piece[]::new));
    }

    static List<byte[]> cut(byte[] content) {
        try {
            Path file = Files.createTempFile("content", ".bin");
            Files.write(file, content);
            try (FileChannel channel = FileChannel.open(file)) {
                List<byte[]> cut = new ArrayList<>();
                long start = 0;
                for (long end : Chunker.ends(channel, 0, content.length, content.length)) {
                    cut.add(Arrays.copyOfRange(content, (int) start, (int) end));
                    start = end;
                }
                return cut;
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
