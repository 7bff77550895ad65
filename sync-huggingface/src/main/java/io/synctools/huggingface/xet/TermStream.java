package io.synctools.huggingface.xet;

import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.retry.MismatchException;
import io.synctools.model.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Exactly the bytes of one range of a file, unpacked chunk by chunk as they arrive. Not thread-safe.
 *
 * <p>Bytes that receivers see but that never travelled, since they came packed, and those that travelled for nothing are
 * counted at the item.
 */
final class TermStream extends InputStream {
    private static final int MOST_RUNS = 4;
    private static final long USUAL_CHUNK = 64 * 1024;
    /** More costs more than another question. */
    private static final long MOST_SKIPPED = 4 * USUAL_CHUNK;

    private final ChunkedFile file;
    private final long end;
    private long position;

    private @Nullable Reconstruction made;
    /** Whether {@link #made} was asked for this stream alone. */
    private boolean isOwn;

    private int index;
    /** By what they bring; the one used least lately first. Files whose chunks are mixed need several by turns. */
    private final Map<StoredRange, Run> runs = new LinkedHashMap<>();

    private @Nullable Run run;

    private int chunksLeft;
    private long termLeft;
    private byte[] chunk = new byte[0];
    private int chunkAt;
    private int chunkEnd;

    /** What came over the network less what was handed on. */
    private long balance;

    /** Chunks that arrive one after the other over one connection. */
    private static final class Run {
        private final StoredRange range;
        private final ChunkStore.Delivery delivery;
        /** No more than the range, from a server that may send on. */
        private final BoundedStream body;

        private final ChunkReader reader;
        private int next;

        Run(StoredRange range, ChunkStore.Delivery delivery) {
            this.range = range;
            this.delivery = delivery;
            this.body = new BoundedStream(delivery.body(), range.length());
            this.reader = new ChunkReader(range.toString(), body);
            this.next = range.firstChunk();
        }

        int read() throws IOException {
            int length = reader.next();
            passed();
            return length;
        }

        void skip() throws IOException {
            reader.skip();
            passed();
        }

        private void passed() throws MismatchException {
            next++;
            if (next == range.endChunk() ? body.left() != 0 : body.left() == 0) {
                throw new MismatchException(range + ": the store sent another number of chunks than it told");
            }
        }
    }

    TermStream(ChunkedFile file, ByteRange range) {
        this.file = file;
        this.position = range.offset();
        this.end = range.end();
    }

    /** Opens the connection, so that what is refused is refused here. */
    void begin() throws IOException, InterruptedException {
        if (position < end) {
            enterTerm();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0 || position == end) {
            return length == 0 ? 0 : -1;
        }
        while (chunkAt == chunkEnd) {
            advance();
        }
        int count = (int) Math.min(Math.min(length, chunkEnd - chunkAt), end - position);
        System.arraycopy(chunk, chunkAt, bytes, offset, count);
        chunkAt += count;
        position += count;
        balance -= count;
        return count;
    }

    private void advance() throws IOException {
        try {
            if (chunksLeft == 0) {
                enterTerm();
            } else {
                readChunk();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException told = new InterruptedIOException("interrupted");
            told.initCause(e);
            throw told;
        }
    }

    private void readChunk() throws IOException {
        Run now = run();
        int length = now.read();
        chunksLeft--;
        termLeft -= length;
        if (termLeft < 0 || (chunksLeft == 0 && termLeft != 0)) {
            throw new MismatchException(now.range + ": the store sent chunks of another length than it told");
        }
        if (now.next == now.range.endChunk()) {
            runs.remove(now.range);
            end(now);
        }
        chunk = now.reader.bytes();
        chunkAt = 0;
        chunkEnd = length;
    }

    /** Goes to the term that holds the present position, and to the chunk in it. */
    private void enterTerm() throws IOException, InterruptedException {
        Term term = locate();
        for (boolean isNew = false; !reach(term); isNew = true) {
            if (isNew) {
                throw new NoChunksException(stored() + ": refused, also by an address that is new");
            }
            made = isOwn ? file.exactly(rest()) : file.renewed(position, made);
            term = locate();
        }
        chunksLeft = term.endChunk() - term.firstChunk();
        termLeft = term.length();
        long before = position - term.offset();
        for (long passed = 0; passed <= before; passed += chunkEnd) {
            readChunk();
            if (passed + chunkEnd > before) {
                chunkAt = (int) (before - passed);
                return;
            }
            chunkAt = chunkEnd;
        }
    }

    /** The term that holds the present position; {@link #index} leads to it. */
    private Term locate() throws IOException, InterruptedException {
        Reconstruction now = made;
        if (now == null || !now.holds(new ByteRange(position, 1))) {
            now = file.at(position);
            isOwn = false;
        }
        now = found(now);
        if (!isOwn && (skips() > MOST_SKIPPED || leaves() > MOST_SKIPPED)) {
            // Where in what is stored together a position is only the store can tell; it does not send what lies before
            // or behind.
            now = found(file.exactly(rest()));
            isOwn = true;
        }
        return now.terms().get(index);
    }

    private Reconstruction found(Reconstruction now) {
        made = now;
        index = now.termAt(position);
        return now;
    }

    /** How many bytes would come for nothing, about, before the present position. */
    private long skips() {
        Term term = term();
        StoredRange range = stored();
        Run open = runs.get(range);
        int from = open != null && open.next <= term.firstChunk() ? open.next : range.firstChunk();
        int chunks = term.firstChunk() - from;
        return position - term.offset() + chunks * USUAL_CHUNK;
    }

    /** How many bytes of the file that are stored together with the present position lie behind the end. */
    private long leaves() {
        Reconstruction now = Objects.requireNonNull(made);
        long last = end;
        if (now.holds(new ByteRange(end - 1, 1))) {
            for (int i = now.termAt(end - 1); i < now.terms().size() && last - end <= MOST_SKIPPED; i++) {
                if (!now.stored().get(i).equals(stored())) {
                    break;
                }
                last = now.terms().get(i).end();
            }
        }
        return last - end;
    }

    private ByteRange rest() {
        return new ByteRange(position, Math.min(end - position, ChunkedFile.WINDOW));
    }

    /**
     * Makes the next chunk of the run the first one of the term; opens a connection where none leads there.
     *
     * @return false if the address has expired
     */
    private boolean reach(Term term) throws IOException, InterruptedException {
        StoredRange range = stored();
        Run now = runs.remove(range);
        if (now != null && now.next > term.firstChunk()) {
            end(now);
            now = null;
        }
        if (now == null) {
            Optional<ChunkStore.Delivery> delivery = file.store().open(range);
            if (delivery.isEmpty()) {
                return false;
            }
            now = new Run(range, delivery.get());
        }
        runs.put(range, now);
        run = now;
        if (runs.size() > MOST_RUNS) {
            end(runs.remove(runs.keySet().iterator().next()));
        }
        while (now.next < term.firstChunk()) {
            now.skip();
        }
        return true;
    }

    private Term term() {
        return Objects.requireNonNull(made).terms().get(index);
    }

    private StoredRange stored() {
        return Objects.requireNonNull(made).stored().get(index);
    }

    private Run run() {
        return Objects.requireNonNull(run, "no connection");
    }

    private void end(Run ended) {
        balance += ended.range.length() - ended.body.left();
        ended.delivery.close();
    }

    @Override
    public void close() {
        runs.values().forEach(this::end);
        runs.clear();
        run = null;
        ItemMeter.current().wasted(balance);
        balance = 0;
    }
}
