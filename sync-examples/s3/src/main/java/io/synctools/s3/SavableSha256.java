package io.synctools.s3;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * SHA-256 (FIPS 180-4) whose state can be kept and gone on from, which the JDK's cannot: so that a large file of which half
 * is in the store need not begin again. A sixth as fast as the JDK's, and still faster than most networks. Not thread-safe.
 */
final class SavableSha256 {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int BLOCK = 64;
    private static final int STATE = 8 * Integer.BYTES + Long.BYTES + BLOCK;
    private static final int[] K = firstBitsOfRoots(64, 3);

    private final int[] hash;
    private final int[] w = new int[64];
    private final byte[] rest = new byte[BLOCK];
    private long length;

    SavableSha256() {
        hash = firstBitsOfRoots(8, 2);
    }

    private SavableSha256(int[] hash, byte[] rest, long length) {
        this.hash = hash;
        System.arraycopy(rest, 0, this.rest, 0, BLOCK);
        this.length = length;
    }

    /** Goes on from {@link #state}; empty where that is none. */
    static Optional<SavableSha256> from(byte[] state) {
        if (state.length != STATE) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(state);
        int[] hash = new int[8];
        in.asIntBuffer().get(hash);
        in.position(hash.length * Integer.BYTES);
        long length = in.getLong();
        byte[] rest = new byte[BLOCK];
        in.get(rest);
        return length < 0 ? Optional.empty() : Optional.of(new SavableSha256(hash, rest, length));
    }

    /** The same, to go another way. */
    SavableSha256 copy() {
        return new SavableSha256(hash.clone(), rest, length);
    }

    /** What {@link #from} reads. */
    byte[] state() {
        ByteBuffer out = ByteBuffer.allocate(STATE);
        for (int word : hash) {
            out.putInt(word);
        }
        return out.putLong(length).put(rest).array();
    }

    /** How many bytes it has seen. */
    long length() {
        return length;
    }

    void update(byte[] bytes, int offset, int count) {
        int at = offset;
        int end = offset + count;
        int kept = (int) (length % BLOCK);
        length += count;
        if (kept > 0) {
            int more = Math.min(BLOCK - kept, count);
            System.arraycopy(bytes, at, rest, kept, more);
            at += more;
            if (kept + more < BLOCK) {
                return;
            }
            block(rest, 0);
        }
        for (; end - at >= BLOCK; at += BLOCK) {
            block(bytes, at);
        }
        System.arraycopy(bytes, at, rest, 0, end - at);
    }

    /** The hash of all that it has seen; it may go on. */
    byte[] finish() {
        SavableSha256 end = copy();
        int kept = (int) (length % BLOCK);
        byte[] padding = new byte[(kept < 56 ? BLOCK : 2 * BLOCK) - kept];
        padding[0] = (byte) 0x80;
        ByteBuffer.wrap(padding).putLong(padding.length - Long.BYTES, length * 8);
        end.update(padding, 0, padding.length);
        ByteBuffer out = ByteBuffer.allocate(32);
        for (int word : end.hash) {
            out.putInt(word);
        }
        return out.array();
    }

    private void block(byte[] bytes, int offset) {
        int[] x = w;
        for (int i = 0; i < 16; i++) {
            x[i] = (int) INTS.get(bytes, offset + i * Integer.BYTES);
        }
        for (int i = 16; i < 64; i++) {
            int two = x[i - 2];
            int fifteen = x[i - 15];
            x[i] = x[i - 16]
                    + x[i - 7]
                    + (Integer.rotateRight(two, 17) ^ Integer.rotateRight(two, 19) ^ (two >>> 10))
                    + (Integer.rotateRight(fifteen, 7) ^ Integer.rotateRight(fifteen, 18) ^ (fifteen >>> 3));
        }
        int a = hash[0];
        int b = hash[1];
        int c = hash[2];
        int d = hash[3];
        int e = hash[4];
        int f = hash[5];
        int g = hash[6];
        int h = hash[7];
        for (int i = 0; i < 64; i++) {
            int first = h
                    + (Integer.rotateRight(e, 6) ^ Integer.rotateRight(e, 11) ^ Integer.rotateRight(e, 25))
                    + (g ^ (e & (f ^ g)))
                    + K[i]
                    + x[i];
            int second = (Integer.rotateRight(a, 2) ^ Integer.rotateRight(a, 13) ^ Integer.rotateRight(a, 22))
                    + ((a & b) | (c & (a | b)));
            h = g;
            g = f;
            f = e;
            e = d + first;
            d = c;
            c = b;
            b = a;
            a = first + second;
        }
        hash[0] += a;
        hash[1] += b;
        hash[2] += c;
        hash[3] += d;
        hash[4] += e;
        hash[5] += f;
        hash[6] += g;
        hash[7] += h;
    }

    /** The first 32 bits behind the point of the square or cube roots of the first primes. */
    private static int[] firstBitsOfRoots(int count, int root) {
        int[] bits = new int[count];
        int found = 0;
        for (int n = 2; found < count; n++) {
            boolean prime = true;
            for (int d = 2; d * d <= n; d++) {
                prime &= n % d != 0;
            }
            if (prime) {
                BigInteger shifted = BigInteger.valueOf(n).shiftLeft(32 * root);
                bits[found++] = (root == 2 ? shifted.sqrt() : cubeRoot(shifted)).intValue();
            }
        }
        return bits;
    }

    private static BigInteger cubeRoot(BigInteger of) {
        BigInteger low = BigInteger.ZERO;
        for (int bit = of.bitLength() / 3 + 1; bit >= 0; bit--) {
            BigInteger next = low.setBit(bit);
            if (next.pow(3).compareTo(of) <= 0) {
                low = next;
            }
        }
        return low;
    }
}
