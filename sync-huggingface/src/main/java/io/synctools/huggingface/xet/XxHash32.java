package io.synctools.huggingface.xet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The checksum that LZ4 frames carry: XXH32 with seed 0. */
final class XxHash32 {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int PRIME1 = 0x9E3779B1;
    private static final int PRIME2 = 0x85EBCA77;
    private static final int PRIME3 = 0xC2B2AE3D;
    private static final int PRIME4 = 0x27D4EB2F;
    private static final int PRIME5 = 0x165667B1;

    private XxHash32() {}

    /** The checksum of a part of an array. */
    static int of(byte[] bytes, int from, int to) {
        int at = from;
        int hash;
        if (to - from >= 16) {
            int a = 0x24234428; // the sum of the first two primes
            int b = PRIME2;
            int c = 0;
            int d = -PRIME1;
            for (; at <= to - 16; at += 16) {
                a = round(a, (int) INT.get(bytes, at));
                b = round(b, (int) INT.get(bytes, at + 4));
                c = round(c, (int) INT.get(bytes, at + 8));
                d = round(d, (int) INT.get(bytes, at + 12));
            }
            hash = Integer.rotateLeft(a, 1)
                    + Integer.rotateLeft(b, 7)
                    + Integer.rotateLeft(c, 12)
                    + Integer.rotateLeft(d, 18);
        } else {
            hash = PRIME5;
        }
        hash += to - from;
        for (; at <= to - 4; at += 4) {
            hash = Integer.rotateLeft(hash + (int) INT.get(bytes, at) * PRIME3, 17) * PRIME4;
        }
        for (; at < to; at++) {
            hash = Integer.rotateLeft(hash + (bytes[at] & 0xff) * PRIME5, 11) * PRIME1;
        }
        hash = (hash ^ (hash >>> 15)) * PRIME2;
        hash = (hash ^ (hash >>> 13)) * PRIME3;
        return hash ^ (hash >>> 16);
    }

    private static int round(int sum, int input) {
        return Integer.rotateLeft(sum + input * PRIME2, 13) * PRIME1;
    }
}
