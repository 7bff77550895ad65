package io.synctools.huggingface.xet;

import io.synctools.internal.http.Tally;
import io.synctools.internal.retry.MismatchException;
import io.synctools.model.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
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
    private final ChunkedFile file;
    private final long end;
    private long position;

    private @Nullable Reconstruction made;
    /** Whether {@link #made} was asked for this stream alone. */
    private boolean isOwn;

    private int index;
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
        private final Counted body;
        private final ChunkReader reader;
        private int next;

        Run(StoredRange range, ChunkStore.Delivery delivery) {
            this.range = range;
            this.delivery = delivery;
            this.body = new Counted(delivery.body(), range.length());
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
            if ((body.left == 0) != (next == range.endChunk())) {
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
        chunk = now.reader.bytes();
        chunkAt = 0;
        chunkEnd = length;
    }

    /** Goes to the term that holds the present position, and to the chunk in it. */
    private void enterTerm() throws IOException, InterruptedException {
        Reconstruction now = reconstruction();
        Term term = now.terms().get(index);
        long before = position - term.offset();
        if (before >= ChunkReader.BIGGEST && !isOwn) {
            // Where in the term the position is only the store can tell; it does not send what lies before.
            ByteRange rest = new ByteRange(position, Math.min(end, term.end()) - position);
            now = file.exactly(rest);
            made = now;
            isOwn = true;
            index = now.termAt(position);
            term = now.terms().get(index);
            before = position - term.offset();
        }
        reach(term);
        chunksLeft = term.endChunk() - term.firstChunk();
        termLeft = term.length();
        for (long passed = 0; passed <= before; passed += chunkEnd) {
            readChunk();
            if (passed + chunkEnd > before) {
                chunkAt = (int) (before - passed);
                return;
            }
            chunkAt = chunkEnd;
        }
    }

    private Reconstruction reconstruction() throws IOException, InterruptedException {
        Reconstruction now = made;
        if (now == null || !now.holds(new ByteRange(position, 1))) {
            now = file.at(position);
            isOwn = false;
        }
        made = now;
        index = now.termAt(position);
        return now;
    }

    /** Makes the next chunk of the run the first one of the term; opens a connection where none leads there. */
    private void reach(Term term) throws IOException, InterruptedException {
        StoredRange range = stored();
        Run now = run;
        if (now == null || !now.range.equals(range) || now.next > term.firstChunk()) {
            end(now);
            now = open();
            run = now;
        }
        while (now.next < term.firstChunk()) {
            now.skip();
        }
    }

    private Run open() throws IOException, InterruptedException {
        for (boolean renewed = false; ; renewed = true) {
            StoredRange range = stored();
            Optional<ChunkStore.Delivery> delivery = file.store().open(range);
            if (delivery.isPresent()) {
                return new Run(range, delivery.get());
            }
            if (renewed) {
                throw new NoChunksException(range + ": refused, also by an address that is new");
            }
            renew();
        }
    }

    private void renew() throws IOException, InterruptedException {
        Reconstruction stale = Objects.requireNonNull(made);
        Term wanted = stale.terms().get(index);
        Reconstruction fresh = isOwn
                ? file.exactly(new ByteRange(position, Math.min(end, wanted.end()) - position))
                : file.renewed(position, stale);
        int at = fresh.termAt(position);
        if (!fresh.terms().get(at).equals(wanted)) {
            throw new MismatchException(
                    "the store tells another time that the file is made of something else; it is fetched anew");
        }
        made = fresh;
        index = at;
    }

    private StoredRange stored() {
        return Objects.requireNonNull(made).stored().get(index);
    }

    private Run run() {
        return Objects.requireNonNull(run, "no connection");
    }

    private void end(@Nullable Run ended) {
        run = null;
        if (ended != null) {
            balance += ended.range.length() - ended.body.left;
            ended.delivery.close();
        }
    }

    @Override
    public void close() {
        end(run);
        Tally.current().wasted(balance);
        balance = 0;
    }

    /** No more than the range, from a server that may send on. */
    private static final class Counted extends InputStream {
        private final InputStream in;
        private long left;

        Counted(InputStream in, long length) {
            this.in = in;
            this.left = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0 && length > 0) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }
    }
}
