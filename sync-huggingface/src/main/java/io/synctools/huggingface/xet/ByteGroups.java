package io.synctools.huggingface.xet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Bytes that were sorted by their place in a word of four, so that they pack better (docs/protocols/xet.md section 5). */
final class ByteGroups {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private ByteGroups() {}

    /** Puts the first {@code length} bytes back into their order. */
    static void join(byte[] grouped, int length, byte[] out) {
        int words = length / 4;
        int rest = length % 4;
        int second = words + (rest > 0 ? 1 : 0);
        int third = second + words + (rest > 1 ? 1 : 0);
        int fourth = third + words + (rest > 2 ? 1 : 0);
        for (int i = 0; i < words; i++) {
            int word = (grouped[i] & 0xff)
                    | (grouped[second + i] & 0xff) << 8
                    | (grouped[third + i] & 0xff) << 16
                    | grouped[fourth + i] << 24;
            INT.set(out, 4 * i, word);
        }
        int[] starts = {0, second, third};
        for (int group = 0; group < rest; group++) {
            out[4 * words + group] = grouped[starts[group] + words];
        }
    }
}
