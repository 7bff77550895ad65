package io.synctools.huggingface.xet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.huggingface.xet.FakeStore.Piece;
import io.synctools.internal.http.Http;
import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.MismatchException;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.ByteRange;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import okhttp3.HttpUrl;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkedFileTest {
    private final byte[] content = Chunks.weights(1_000_000, 1);
    private final AtomicInteger tokens = new AtomicInteger();
    private final Http http = Http.of(RunContext.of(SyncOptions.DEFAULTS));
    private FakeStore fake;

    @BeforeEach
    void start() throws IOException {
        fake = new FakeStore();
    }

    @AfterEach
    void stop() {
        assertEquals(List.of(), fake.leaked);
        fake.close();
    }

    private StoreAccess access() {
        return new StoreAccess(
                () -> {
                    tokens.incrementAndGet();
                    long expires = System.currentTimeMillis() / 1000 + fake.tokenSeconds;
                    return new StoreToken(fake.cas.url("/"), "cas-" + fake.token.get(), expires);
                },
                TimeSource.SYSTEM);
    }

    private ChunkedFile open(String hash, long size) {
        return new ChunkedFile(new ChunkStore(http), access(), hash, size);
    }

    private static byte[] read(ChunkedFile file, long offset, long length) throws IOException, InterruptedException {
        try (InputStream in = file.open(new ByteRange(offset, length))) {
            return in.readAllBytes();
        }
    }

    private void assertReads(ChunkedFile file, byte[] whole, int offset, int length)
            throws IOException, InterruptedException {
        assertArrayEquals(Arrays.copyOfRange(whole, offset, offset + length), read(file, offset, length));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, false"})
    void itIsReadWholeAndInRangesOverBothForms(boolean second, boolean joined) throws Exception {
        fake.knowsSecondForm = second;
        fake.joinsRanges = joined;
        ChunkedFile file = open(fake.file(content, 50_000, 7), content.length);

        assertReads(file, content, 0, content.length);
        for (int offset : new int[] {0, 1, 49_999, 50_000, 349_999, 350_000, 350_001, 700_000, 999_999}) {
            for (int length : new int[] {1, 2, 50_000, 300_001, 1_000_000}) {
                assertReads(file, content, offset, Math.min(length, content.length - offset));
            }
        }
        assertEquals(0, read(file, 5, 0).length);
        assertEquals(1, tokens.get());
    }

    @Test
    void theWholeFileTakesOneQuestionAndOneRequestForEachStoredRange() throws Exception {
        ChunkedFile file = open(fake.file(content, 50_000, 7), content.length);

        assertReads(file, content, 0, content.length);
        assertReads(file, content, 350_000, 350_000);

        assertEquals(1, fake.count("/v2/reconstructions/"));
        assertEquals(4, fake.count("X-Xet-Signed-Range"));
        assertEquals(5, fake.requests.size());
    }

    @Test
    void aStartAmidWhatIsStoredTogetherTakesNoByteThatLiesMoreThanAChunkBefore() throws Exception {
        ChunkedFile file = open(fake.file(content, 50_000, 20), content.length);
        ItemMeter meter = new ItemMeter();
        try (ItemMeter.Scope bound = meter.bind()) {
            assertReads(file, content, 777_777, 100_000);
        }
        // Three chunks of 50,000 for 100,000 bytes, less what packing saves.
        assertTrue(meter.wasted() < 50_000, meter.wasted() + " more than was read");
        assertEquals(1, fake.count("bytes=777777-877776"));
    }

    @Test
    void whatTravelledIsCountedAndNotWhatWasUnpacked() throws Exception {
        byte[] zeros = new byte[1_000_000];
        ChunkedFile file = open(fake.file(zeros, 100_000, 5), zeros.length);
        ItemMeter meter = new ItemMeter();
        try (ItemMeter.Scope bound = meter.bind()) {
            assertReads(file, zeros, 0, zeros.length);
        }
        long travelled = zeros.length + meter.wasted();
        assertTrue(travelled > 1000 && travelled < 50_000, travelled + " bytes");
    }

    @Test
    void chunksMayStandInAFileSeveralTimesAndInAnyOrder() throws Exception {
        byte[][] parts = {Chunks.weights(9_000, 1), Chunks.weights(20_000, 2), Chunks.weights(131_072, 3)};
        String xorb = fake.put(1, parts);
        String other = fake.put(0, parts[2], parts[1]);
        byte[] whole =
                Chunks.join(List.of(parts[1], parts[2], parts[0], parts[1], parts[1], parts[2], parts[1], parts[0]));
        String hash = fake.file(
                whole,
                new Piece(xorb, 1, 3),
                new Piece(xorb, 0, 2),
                new Piece(xorb, 1, 2),
                new Piece(other, 0, 2),
                new Piece(xorb, 0, 1));
        ChunkedFile file = open(hash, whole.length);

        assertReads(file, whole, 0, whole.length);
        for (int at = 0; at < whole.length; at += 7_001) {
            assertReads(file, whole, at, Math.min(60_000, whole.length - at));
        }
    }

    @Test
    void partsEndWhereStoredRangesDo() throws Exception {
        ChunkedFile file = open(fake.file(content, 50_000, 7), content.length);

        assertEquals(
                List.of(new ByteRange(0, 350_000), new ByteRange(350_000, 350_000), new ByteRange(700_000, 300_000)),
                file.parts(300_000));
        assertEquals(List.of(new ByteRange(0, 700_000), new ByteRange(700_000, 300_000)), file.parts(600_000));
        assertEquals(1, fake.requests.size());
    }

    @Test
    void whatIsStoredTogetherComesInSeveralPartsAndEachAsksForItsOwnChunks() throws Exception {
        ChunkedFile file = open(fake.file(content, 10_000, 100), content.length);

        List<ByteRange> parts = file.parts(400_000);

        assertEquals(
                List.of(new ByteRange(0, 333_333), new ByteRange(333_333, 333_333), new ByteRange(666_666, 333_334)),
                parts);
        ItemMeter meter = new ItemMeter();
        try (ItemMeter.Scope bound = meter.bind()) {
            for (ByteRange part : parts) {
                assertReads(file, content, (int) part.offset(), (int) part.length());
            }
        }
        assertEquals(1 + 3, fake.count("/v2/reconstructions/"));
        assertEquals(3, fake.count("X-Xet-Signed-Range"));
        assertTrue(meter.wasted() < 0, meter.wasted() + " bytes more than were read");
    }

    @Test
    void aLargeFileIsCutIntoSoManyPartsThatQuestionsStayFew() throws Exception {
        ChunkedFile file = open(fake.file(content, 1_000, 1_000), content.length);

        assertEquals(64, file.parts(1_000).size());
    }

    @Test
    void anExpiredAddressIsAskedForAnewOnceForAllWhoWait() throws Exception {
        ChunkedFile file = open(fake.file(content, 50_000, 4), content.length);
        file.parts(1);
        fake.signature.incrementAndGet();
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try {
            List<Future<byte[]>> reads = IntStream.range(0, 5)
                    .mapToObj(i -> threads.submit(() -> read(file, i * 200_000L, 200_000)))
                    .toList();
            for (int i = 0; i < 5; i++) {
                assertArrayEquals(
                        Arrays.copyOfRange(content, i * 200_000, (i + 1) * 200_000),
                        reads.get(i).get(20, TimeUnit.SECONDS));
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(2, fake.count("/v2/reconstructions/"));
    }

    @Test
    void anAddressThatIsRefusedAlsoWhenNewEndsInNoChunks() throws Exception {
        ChunkedFile file = open(fake.file(content, 50_000, 4), content.length);
        fake.fault = onTransfer(request -> FakeStore.status(403));

        NoChunksException e = assertThrows(NoChunksException.class, () -> read(file, 0, 10));

        assertTrue(!String.valueOf(e.getMessage()).contains("sig="), e.getMessage());
        assertEquals(2, fake.count("/v2/reconstructions/"));
    }

    @Test
    void aTokenThatIsRefusedIsRenewedOnceAndOneThatEndsIsRenewedBefore() throws Exception {
        String hash = fake.file(content, 50_000, 4);
        ChunkStore store = new ChunkStore(http);
        StoreAccess access = access();
        new ChunkedFile(store, access, hash, content.length).parts(1);
        fake.token.incrementAndGet();

        new ChunkedFile(store, access, hash, content.length).parts(1);

        assertEquals(2, tokens.get());
        fake.fault = request -> Optional.of(FakeStore.status(401));
        assertThrows(NoChunksException.class, () -> new ChunkedFile(store, access, hash, content.length).parts(1));
        assertEquals(3, tokens.get());
    }

    @Test
    void aStoreWithoutTheSecondFormIsAskedInTheFirstFromThenOn() throws Exception {
        fake.fault = request ->
                request.getTarget().startsWith("/v2/") ? Optional.of(FakeStore.status(501)) : Optional.empty();
        String hash = fake.file(content, 50_000, 4);
        ChunkStore store = new ChunkStore(http);
        StoreAccess access = access();

        new ChunkedFile(store, access, hash, content.length).parts(1);
        new ChunkedFile(store, access, hash, content.length).parts(1);

        assertEquals(1, fake.count("/v2/"));
        assertEquals(2, fake.count("/v1/"));
    }

    @Test
    void aFileThatTheStoreDoesNotKnowHasNoChunks() {
        assertThrows(NoChunksException.class, () -> read(open("ab".repeat(32), 10), 0, 10));
        assertEquals(2, fake.requests.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503, 504})
    void aStoreOrHostThatIsOverloadedIsToBeAskedLater(int status) {
        ChunkedFile file = open(fake.file(content, 50_000, 4), content.length);
        fake.fault = onTransfer(request -> FakeStore.status(status));
        assertThrows(RetryLaterException.class, () -> read(file, 0, 10));
        fake.fault = request -> Optional.of(FakeStore.status(status));
        assertThrows(RetryLaterException.class, () -> read(open(fake.file(content, 50_000, 4), content.length), 0, 10));
        assertEquals(0, fake.count("/v1/"));
    }

    @Test
    void whatIsCutShortOrGoesOnIsNoticed() {
        String xorb = fake.put(2, Chunks.weights(60_000, 1), Chunks.weights(60_000, 2));
        byte[] whole = Chunks.join(List.of(Chunks.weights(60_000, 1), Chunks.weights(60_000, 2)));
        ChunkedFile file = open(fake.file(whole, new Piece(xorb, 0, 2)), whole.length);
        fake.fault = onTransfer(request -> new MockResponse.Builder()
                .code(206)
                .addHeader("Content-Range", request.getHeaders().get("Range").replace("=", " ") + "/999999")
                .body("short")
                .build());

        assertThrows(EOFException.class, () -> read(file, 0, whole.length));
        fake.fault = onTransfer(request -> new MockResponse.Builder()
                .code(206)
                .addHeader("Content-Range", "bytes 7-8/999999")
                .body("other")
                .build());
        assertThrows(MismatchException.class, () -> read(file, 0, whole.length));
    }

    @Test
    void aServerThatIgnoresRangesIsReadFromTheRightPlace() throws Exception {
        byte[][] parts = {Chunks.weights(60_000, 1), Chunks.weights(60_000, 2), Chunks.weights(100, 3)};
        String xorb = fake.put(2, parts);
        ChunkedFile file = open(fake.file(parts[1], new Piece(xorb, 1, 2)), parts[1].length);
        byte[] stored = Chunks.join(Stream.of(parts)
                .map(part -> Chunks.chunk(part, 2, FrameWriter.PLAIN))
                .toList());
        fake.fault = onTransfer(request ->
                new MockResponse.Builder().body(new Buffer().write(stored)).build());

        assertReads(file, parts[1], 0, parts[1].length);
    }

    @Test
    void chunksThatAreNotWhatWasToldAreNoticed() {
        byte[][] parts = {Chunks.weights(60_000, 1), Chunks.weights(60_000, 2), Chunks.weights(60_000, 3)};
        byte[] whole = Chunks.join(List.of(parts));
        String xorb = fake.put(0, parts);
        ChunkedFile file = open(fake.file(whole, new Piece(xorb, 0, 3)), whole.length);
        Map<String, byte[]> faults = Map.of(
                "a chunk of version", new byte[] {9},
                "the end of its chunks", new byte[] {'X', 'E', 'T', 'B', 'L', 'O', 'B'},
                "scheme 3", new byte[] {0, 0x60, (byte) 0xea, 0, 3},
                "a chunk", Arrays.copyOf(Chunks.chunk(new byte[60_001], 0, FrameWriter.PLAIN), 8));
        faults.forEach((why, bytes) -> {
            fake.damage(xorb, stored -> {
                byte[] fresh = Chunks.join(Stream.of(parts)
                        .map(part -> Chunks.chunk(part, 0, FrameWriter.PLAIN))
                        .toList());
                System.arraycopy(bytes, 0, fresh, 60_008, bytes.length);
                return fresh;
            });
            IOException e = assertThrows(IOException.class, () -> read(file, 0, whole.length));
            assertTrue(
                    e instanceof EOFException
                            || String.valueOf(e.getMessage()).contains(why)
                            || String.valueOf(e.getMessage()).contains("another number of chunks"),
                    why + ": " + e);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s/\"unpacked_length\":1000000/\"unpacked_length\":999999/",
                "s/\"unpacked_length\":1000000/\"unpacked_length\":1000001/",
                "s/\"start\":0,\"end\":20/\"start\":0,\"end\":21/",
                "s/\"end\":20/\"end\":9000/",
                "s/\"xorbs\":\\{.*\\}\\}/\"xorbs\":{}}/",
                "s/\"bytes\":\\{\"start\":0,/\"bytes\":{\"start\":99999999999,/",
                "s/\"terms\":\\[.*\\],\"xorbs\"/\"terms\":[],\"xorbs\"/",
                "s/\"offset_into_first_range\":0/\"offset_into_first_range\":5/",
                "s/\"offset_into_first_range\":0/\"offset_into_first_range\":-5/",
                "s/\"hash\":\"/\"hash\":\"..\\/..\\//",
                "s/http:/file:/",
                "s/^\\{/[/"
            })
    void anAnswerThatCannotBeIsRefused(String change) throws Exception {
        String hash = fake.file(content, 50_000, 20);
        String[] words = change.split("(?<!\\\\)/");
        open(hash, content.length).parts(1);
        fake.fault = request -> {
            if (!request.getTarget().startsWith("/v2/")) {
                return Optional.empty();
            }
            fake.fault = any -> Optional.empty();
            String told = plain(request);
            String changed = told.replaceFirst(words[1], words[2]);
            assertTrue(!changed.equals(told), change);
            return Optional.of(new MockResponse.Builder().body(changed).build());
        };

        assertThrows(MismatchException.class, () -> read(open(hash, content.length), 0, 10));
    }

    private String plain(RecordedRequest request) {
        try {
            HttpUrl url = fake.cas.url(request.getTarget());
            URLConnection connection = url.url().openConnection();
            connection.setRequestProperty("Authorization", "Bearer cas-" + fake.token.get());
            return Json.MAPPER.readTree(connection.getInputStream()).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Function<RecordedRequest, Optional<MockResponse>> onTransfer(
            Function<RecordedRequest, MockResponse> answer) {
        return request -> request.getTarget().contains("X-Xet-Signed-Range")
                ? Optional.of(answer.apply(request))
                : Optional.empty();
    }
}
