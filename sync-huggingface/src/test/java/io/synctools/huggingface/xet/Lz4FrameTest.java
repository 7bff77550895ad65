package io.synctools.huggingface.xet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.huggingface.xet.Lz4Frame.DamagedFrameException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class Lz4FrameTest {
    /** 439 bytes of words and zeros. */
    private static final byte[] WORDS = Base64.getDecoder()
            .decode(
                    "YmlhcyBhdHRlbnRpb24gYXR0ZW50aW9uIGJpYXMgbGF5ZXIgYXR0ZW50aW9uIG5vcm0gAAAAAAAAAAAAIGF0dGVudGlvbiB3ZWln"
                            + "aHRzIGF0dGVudGlvbiB3ZWlnaHRzIG5vcm0gbGF5ZXIgYXR0ZW50aW9uIGJpYXMgYmlhcyAAAAAAAAAAAAAgbm9ybSBhdHRl"
                            + "bnRpb24gYXR0ZW50aW9uIG5vcm0gbm9ybSAAAAAAAAAAAAAgYmlhcyBiaWFzIAAAAAAAAAAAACBiaWFzIGF0dGVudGlvbiBu"
                            + "b3JtIAAAAAAAAAAAACB3ZWlnaHRzIAAAAAAAAAAAACB3ZWlnaHRzIGJpYXMgYXR0ZW50aW9uIHdlaWdodHMgbGF5ZXIgd2Vp"
                            + "Z2h0cyBsYXllciBub3JtIGF0dGVudGlvbiAAAAAAAAAAAAAgbm9ybSAAAAAAAAAAAAAgbm9ybSBub3JtIAAAAAAAAAAAACBh"
                            + "dHRlbnRpb24gbm9ybSBiaWFzIGxheWVyIHdlaWdodHMgd2VpZ2h0cyBiaWFzIG5vcm0gYmlhcyBsYXllciAAAAAAAAAAAAAg"
                            + "bm9ybQ==");

    /** What the reference tool, lz4, made of it: linked blocks and a checksum; none; block checksums and the size. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "BCJNGGRAp6sAAADnYmlhcyBhdHRlbnRpb24KAAEZAFdsYXllchUAZG5vcm0gAAEABxkAaHdlaWdodEoABBIAATMADEgAAV0AAQUABEwAEgAp"
                        + "AA+KAAEBGQABBQAGLQABPAABBQALFAAGQQALMgAEkAAGMAAEEgABRwAGOAAEFwACtAAKDgABVAAGKwAGTAABGQALDwALFAAGNwABGQAB"
                        + "dgAKZAAEbAABGwAMJQAFXQBQIG5vcm0AAAAAGHjEsw==",
                "BCJNGGBAgqsAAADnYmlhcyBhdHRlbnRpb24KAAEZAFdsYXllchUAZG5vcm0gAAEABxkAaHdlaWdodEoABBIAATMADEgAAV0AAQUABEwAEgAp"
                        + "AA+KAAEBGQABBQAGLQABPAABBQALFAAGQQALMgAEkAAGMAAEEgABRwAGOAAEFwACtAAKDgABVAAGKwAGTAABGQALDwALFAAGNwABGQAB"
                        + "dgAKZAAEbAABGwAMJQAFXQBQIG5vcm0AAAAA",
                "BCJNGHxAtwEAAAAAAAD/qwAAAOdiaWFzIGF0dGVudGlvbgoAARkAV2xheWVyFQBkbm9ybSAAAQAHGQBod2VpZ2h0SgAEEgABMwAMSAABXQAB"
                        + "BQAETAASACkAD4oAAQEZAAEFAAYtAAE8AAEFAAsUAAZBAAsyAASQAAYwAAQSAAFHAAY4AAQXAAK0AAoOAAFUAAYrAAZMAAEZAAsPAAsU"
                        + "AAY3AAEZAAF2AApkAARsAAEbAAwlAAVdAFAgbm9yba6ogPAAAAAAGHjEsw=="
            })
    void itReadsWhatTheReferenceToolWrote(String frame) throws DamagedFrameException {
        byte[] packed = Base64.getDecoder().decode(frame);
        byte[] out = new byte[WORDS.length];

        Lz4Frame.decode(packed, packed.length, out, WORDS.length);

        assertArrayEquals(WORDS, out);
    }

    /** As the tool xxhsum tells it. */
    @Test
    void checksumsAreThoseOfTheReferenceTool() {
        assertEquals(0xb3c47818, XxHash32.of(WORDS, 0, WORDS.length));
        assertEquals(0x02cc5d05, XxHash32.of(new byte[0], 0, 0));
    }

    static Stream<FrameWriter> forms() {
        return Stream.of(true, false).flatMap(linked -> Stream.of(true, false)
                .flatMap(sums -> Stream.of(true, false).flatMap(stored -> Stream.of(4, 7)
                        .map(code -> new FrameWriter(linked, code, sums, sums, !sums, stored)))));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void itReadsEveryFormOfFrame(FrameWriter writer) throws DamagedFrameException {
        for (byte[] content : new byte[][] {
            WORDS, new byte[1], new byte[131_072], Chunks.group(Chunks.weights(131_072, 1)), repeated(131_071)
        }) {
            byte[] packed = writer.pack(content);
            byte[] tight = new byte[content.length];
            byte[] roomy = new byte[content.length + Lz4Frame.SLACK];

            Lz4Frame.decode(packed, packed.length, tight, content.length);
            Lz4Frame.decode(packed, packed.length, roomy, content.length);

            assertArrayEquals(content, tight);
            assertArrayEquals(content, Arrays.copyOf(roomy, content.length));
        }
    }

    private static byte[] repeated(int length) {
        byte[] bytes = new byte[length];
        Random random = new Random(5);
        for (int at = 0; at < length; ) {
            int period = 1 + random.nextInt(12);
            int run = Math.min(length - at, 1 + random.nextInt(400));
            for (int i = 0; i < run; i++, at++) {
                bytes[at] = at < period ? (byte) at : bytes[at - period];
            }
            if (at < length) {
                bytes[at++] = (byte) random.nextInt();
            }
        }
        return bytes;
    }

    @Test
    void everyByteOfAFrameWithChecksumsThatIsChangedOrMissingIsNoticed() {
        byte[] packed = new FrameWriter(true, 4, true, true, true, false).pack(WORDS);
        byte[] out = new byte[WORDS.length + Lz4Frame.SLACK];
        for (int i = 0; i < packed.length; i++) {
            byte[] changed = packed.clone();
            changed[i] ^= 0x10;
            assertThrows(
                    DamagedFrameException.class, () -> Lz4Frame.decode(changed, changed.length, out, WORDS.length));
            int cut = i;
            assertThrows(DamagedFrameException.class, () -> Lz4Frame.decode(packed, cut, out, WORDS.length));
        }
    }

    @Test
    void aFrameOfAnotherLengthIsRefusedAndNothingIsWrittenBehindTheEnd() {
        byte[] bomb = FrameWriter.PLAIN.pack(new byte[1 << 16]);
        byte[] out = new byte[1000 + Lz4Frame.SLACK];
        for (int expected : new int[] {0, 1, 999, 1000}) {
            assertThrows(DamagedFrameException.class, () -> Lz4Frame.decode(bomb, bomb.length, out, expected));
        }
        byte[] larger = new byte[1 << 17];
        DamagedFrameException e = assertThrows(
                DamagedFrameException.class, () -> Lz4Frame.decode(bomb, bomb.length, larger, (1 << 16) + 1));
        assertTrue(String.valueOf(e.getMessage()).contains("65536 bytes instead of 65537"), e.getMessage());
    }

    @Test
    void aBlockThatStandsAloneMayNotReferToTheOneBefore() {
        byte[] content = new byte[(1 << 16) + 1000];
        new Random(9).nextBytes(content);
        System.arraycopy(content, (1 << 16) - 1000, content, 1 << 16, 1000);
        FrameWriter linked = new FrameWriter(true, 4, false, false, false, false);
        byte[] packed = linked.pack(content);
        packed[4] |= 0x20;
        packed[6] = (byte) (XxHash32.of(packed, 4, 6) >>> 8);
        byte[] out = new byte[content.length];

        DamagedFrameException e = assertThrows(
                DamagedFrameException.class, () -> Lz4Frame.decode(packed, packed.length, out, out.length));

        assertTrue(String.valueOf(e.getMessage()).contains("before its beginning"), e.getMessage());
    }
}
