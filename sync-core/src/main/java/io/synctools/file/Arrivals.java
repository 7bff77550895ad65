package io.synctools.file;

import io.synctools.internal.retry.StalledException;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads a connection so that no byte that arrived before it broke is lost. Not thread-safe. */
final class Arrivals implements Closeable {
    private final InputStream in;
    private boolean any;
    private @Nullable IOException broken;

    Arrivals(InputStream in) {
        this.in = in;
    }

    /**
     * Fills the buffer as far as the connection lasts.
     *
     * @param least bytes that are waited for
     * @param most that it holds, at least as many
     * @return bytes read, {@code least} or more while the connection lasts; 0 when it broke after it had brought something
     * @throws IOException when it brought nothing, or ended in silence, which counts as no progress
     */
    int fill(byte[] buffer, int least, int most) throws IOException, InterruptedException {
        int filled = 0;
        while (filled < least && broken == null) {
            try {
                int read = in.read(buffer, filled, most - filled);
                if (read < 0) {
                    throw new EOFException("the connection ended " + (least - filled) + " bytes or more too early");
                }
                filled += read;
            } catch (IOException e) {
                broken = e;
            }
        }
        any |= filled > 0;
        if (filled == 0 && broken != null) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (!any || broken instanceof StalledException) {
                throw broken;
            }
        }
        return filled;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
