package io.synctools.file;

import io.synctools.internal.digest.Hasher;
import io.synctools.model.ArtifactRef;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.spi.FileSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Files in memory, with a script of what goes wrong on the way. */
final class ScriptedSource implements FileSource {
    static final ArtifactRef PINNED = ArtifactRef.of("test", "models/o/n").pinned("main", "sha256:pin");

    final Map<String, byte[]> files = new ConcurrentHashMap<>();
    final List<ByteRange> asked = new CopyOnWriteArrayList<>();
    final AtomicLong sent = new AtomicLong();
    /** Where files are to be cut; anywhere where empty. */
    volatile List<ByteRange> parts = List.of();

    volatile Fault fault = (path, range, content) -> new ByteArrayInputStream(content);

    /** Turns the right bytes of a range into what arrives. */
    @FunctionalInterface
    interface Fault {
        InputStream apply(String path, ByteRange range, byte[] content) throws IOException;
    }

    Entry put(String path, int size, long seed) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return put(path, content);
    }

    Entry put(String path, byte[] content) {
        files.put(path, content);
        Hasher hasher = new Hasher(Checksum.Algorithm.SHA256, content.length);
        hasher.update(content, 0, content.length);
        return Entry.file(path, content.length, Checksum.of(Checksum.Algorithm.SHA256, hasher.finish()));
    }

    @Override
    public InputStream open(ArtifactRef pinned, Entry entry, ByteRange range) throws IOException {
        asked.add(range);
        byte[] whole = files.get(entry.path());
        byte[] part = java.util.Arrays.copyOfRange(whole, (int) range.offset(), (int) range.end());
        return new CountingStream(fault.apply(entry.path(), range, part));
    }

    @Override
    public List<ByteRange> parts(ArtifactRef pinned, Entry entry, long size) {
        return parts;
    }

    @Override
    public ArtifactRef pin(ArtifactRef ref) {
        return PINNED;
    }

    @Override
    public Listing list(ArtifactRef pinned, NameFilter filter) {
        throw new UnsupportedOperationException("these tests make their listings themselves");
    }

    /** Gives the first bytes and then breaks. */
    static InputStream breakingAfter(byte[] content, int bytes, IOException how) {
        return new InputStream() {
            private int at;

            @Override
            public int read() {
                throw new UnsupportedOperationException("read in blocks");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (at >= bytes) {
                    throw how;
                }
                int n = Math.min(length, Math.min(bytes, content.length) - at);
                System.arraycopy(content, at, buffer, offset, n);
                at += n;
                return n;
            }
        };
    }

    private final class CountingStream extends java.io.FilterInputStream {
        CountingStream(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            sent.addAndGet(Math.max(0, n));
            return n;
        }
    }
}
