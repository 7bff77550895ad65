package io.synctools.internal.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A JSON text that is written piece by piece as somebody takes it, so that it is never whole in memory. Not thread-safe. */
public final class JsonPieces implements Iterator<byte[]> {
    private static final int PIECE = 32 << 10;

    /** Writes some more of the text. */
    @FunctionalInterface
    public interface Step {
        /**
         * Writes a little.
         *
         * @return whether there is more
         */
        boolean write(JsonGenerator json) throws IOException;
    }

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(PIECE + (PIECE >> 2));
    private final JsonGenerator json;
    private final Step step;
    private boolean more = true;

    /** @param step called until it says that there is no more */
    public JsonPieces(Step step) {
        this.step = step;
        try {
            this.json = Json.FACTORY.createGenerator(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // in memory: never
        }
    }

    @Override
    public boolean hasNext() {
        return more;
    }

    @Override
    public byte[] next() {
        if (!more) {
            throw new NoSuchElementException();
        }
        try {
            while (more && out.size() < PIECE) {
                more = step.write(json);
                json.flush();
            }
            if (!more) {
                json.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] piece = out.toByteArray();
        out.reset();
        return piece;
    }
}
