package io.synctools.huggingface.xet;

import io.synctools.internal.digest.Hasher;
import io.synctools.model.Checksum;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;

/**
 * A chunk store over real HTTP as docs/protocols/xet.md describes it, with a second server for the bytes. It takes what the
 * hub's own uploader sends, or files that a test puts together, and is strict: an address serves exactly the ranges that
 * it is signed for, tokens are looked at, and what must not travel is remembered. Tests put faults before its own answers
 * with {@link #fault}.
 */
public final class FakeStore implements AutoCloseable {
    private static final int SHARD_HEADER = 48;
    private static final int SHARD_FOOTER = 200;

    public final MockWebServer cas = new MockWebServer();
    public final MockWebServer transfer = new MockWebServer();
    /** {@code GET /path range}, in order of arrival at both. */
    public final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    /** Authorization headers that came to the bytes' host, and those of the hub's token that came to the store. */
    public final List<String> leaked = Collections.synchronizedList(new ArrayList<>());
    /** Asked before either server answers. */
    public volatile Function<RecordedRequest, Optional<MockResponse>> fault = request -> Optional.empty();

    /** The tokens' number: those with a smaller one are refused. */
    public final AtomicInteger token = new AtomicInteger(1);
    /** The signatures' number: addresses with a smaller one have expired. */
    public final AtomicInteger signature = new AtomicInteger(1);

    public volatile boolean knowsSecondForm = true;
    /** One address with several ranges, as far as the second form goes; else one each. */
    public volatile boolean joinsRanges = true;

    public volatile long tokenSeconds = 3600;

    private final Map<String, Xorb> xorbs = new ConcurrentHashMap<>();
    private final Map<String, List<Piece>> files = new ConcurrentHashMap<>();
    private final Map<String, String> hashes = new ConcurrentHashMap<>();
    private final Map<String, byte[]> shards = new ConcurrentHashMap<>();

    /** Where each chunk begins in the stored bytes, with the end as last one, and how long it is unpacked. */
    private record Xorb(byte[] bytes, int[] starts, int[] lengths) {}

    /** Chunks of a xorb that stand in a file. */
    public record Piece(String xorb, int first, int end) {}

    public FakeStore() throws IOException {
        cas.setDispatcher(dispatcher(this::atStore));
        transfer.setDispatcher(dispatcher(this::atTransfer));
        cas.start();
        transfer.start();
    }

    /** Keeps chunks, packed by the scheme; returns the xorb's name. */
    public String put(int scheme, byte[]... chunks) {
        byte[] bytes = Chunks.join(Stream.of(chunks)
                .map(chunk -> Chunks.chunk(chunk, scheme, FrameWriter.PLAIN))
                .toList());
        String hash = sha256(bytes);
        keep(hash, bytes);
        return hash;
    }

    /** Keeps stored bytes as they are, of which the chunks were these. */
    public void keep(String hash, byte[] bytes) {
        List<Integer> starts = new ArrayList<>(List.of(0));
        List<Integer> lengths = new ArrayList<>();
        int at = 0;
        while (at < bytes.length && bytes[at] == 0) {
            lengths.add(u24(bytes, at + 5));
            at += 8 + u24(bytes, at + 1);
            starts.add(at);
        }
        xorbs.put(
                hash,
                new Xorb(
                        bytes,
                        starts.stream().mapToInt(Integer::intValue).toArray(),
                        lengths.stream().mapToInt(Integer::intValue).toArray()));
    }

    /** Changes what is stored without changing what is told of it. */
    public void damage(String hash, Function<byte[], byte[]> change) {
        Xorb xorb = xorb(hash);
        xorbs.put(hash, new Xorb(change.apply(xorb.bytes.clone()), xorb.starts, xorb.lengths));
    }

    /** Declares a file; returns its name in the store. */
    public String file(byte[] content, Piece... pieces) {
        String hash = sha256(("file " + sha256(content)).getBytes(StandardCharsets.UTF_8));
        files.put(hash, List.of(pieces));
        hashes.put(sha256(content), hash);
        return hash;
    }

    /** Cuts a file into chunks of a size, and these into xorbs of a number of chunks each, packed by scheme 2. */
    public String file(byte[] content, int chunk, int chunksInXorb) {
        List<Piece> pieces = new ArrayList<>();
        for (int at = 0; at < content.length; ) {
            List<byte[]> chunks = new ArrayList<>();
            for (; at < content.length && chunks.size() < chunksInXorb; at += chunk) {
                chunks.add(Arrays.copyOfRange(content, at, Math.min(content.length, at + chunk)));
            }
            pieces.add(new Piece(put(2, chunks.toArray(byte[][]::new)), 0, chunks.size()));
        }
        return file(content, pieces.toArray(Piece[]::new));
    }

    /** The name of the file with this content, which may have been uploaded. */
    public Optional<String> hashOf(String sha256) {
        return Optional.ofNullable(hashes.get(sha256));
    }

    public List<Piece> pieces(String hash) {
        return files.getOrDefault(hash, List.of());
    }

    /** A xorb as it is kept. */
    public byte[] stored(String xorb) {
        return xorb(xorb).bytes.clone();
    }

    /** How many requests had this text in them. */
    public long count(String text) {
        synchronized (requests) {
            return requests.stream().filter(request -> request.contains(text)).count();
        }
    }

    /** The hub's answer to whoever asks for a token. */
    public MockResponse tokenAnswer() {
        long expires = System.currentTimeMillis() / 1000 + tokenSeconds;
        return json("{\"accessToken\":\"cas-" + token.get() + "\",\"exp\":" + expires + ",\"casUrl\":\""
                + cas.url("/").toString().replaceAll("/$", "") + "\"}");
    }

    private Dispatcher dispatcher(Function<RecordedRequest, MockResponse> answer) {
        return new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                String range = request.getHeaders().get("Range");
                requests.add(request.getMethod() + " " + request.getTarget() + (range == null ? "" : " " + range));
                return fault.apply(request).orElseGet(() -> answer.apply(request));
            }
        };
    }

    private MockResponse atStore(RecordedRequest request) {
        List<String> path = request.getUrl().pathSegments();
        String bearer = String.valueOf(request.getHeaders().get("Authorization"));
        if (!bearer.startsWith("Bearer cas-")) {
            leaked.add(bearer);
            return status(401);
        }
        if (Integer.parseInt(bearer.substring("Bearer cas-".length())) < token.get()) {
            return status(401);
        }
        String last = path.get(path.size() - 1);
        return switch (path.get(1)) {
            case "reconstructions" -> reconstruct(path.get(0), last, request);
            case "xorbs" -> {
                keep(last, body(request));
                yield json("{\"was_inserted\":true}");
            }
            case "shards" -> {
                readShard(body(request));
                yield json("{\"result\":1}");
            }
            case "chunks" ->
                shards.containsKey(last)
                        ? new MockResponse.Builder()
                                .body(new Buffer().write(shards.get(last)))
                                .build()
                        : status(404);
            default -> status(404);
        };
    }

    private static byte[] body(RecordedRequest request) {
        return Objects.requireNonNull(request.getBody()).toByteArray();
    }

    private MockResponse reconstruct(String form, String hash, RecordedRequest request) {
        List<Piece> pieces = files.get(hash);
        if (pieces == null || (form.equals("v2") && !knowsSecondForm)) {
            return status(404);
        }
        long size = pieces.stream().mapToLong(this::length).sum();
        long from = 0;
        long to = size;
        String range = request.getHeaders().get("Range");
        if (range != null) {
            String[] ends = range.substring("bytes=".length()).split("-", 2);
            from = Long.parseLong(ends[0]);
            to = Math.min(size, Long.parseLong(ends[1]) + 1);
        }
        if (from >= size) {
            return status(416);
        }
        List<Piece> terms = new ArrayList<>();
        long skipped = 0;
        long at = 0;
        for (Piece piece : pieces) {
            int[] lengths = xorb(piece.xorb).lengths;
            int first = -1;
            int end = -1;
            for (int i = piece.first; i < piece.end; at += lengths[i], i++) {
                if (at + lengths[i] > from && at < to) {
                    if (first < 0) {
                        first = i;
                        skipped = terms.isEmpty() ? Math.max(0, from - at) : skipped;
                    }
                    end = i + 1;
                }
            }
            if (first >= 0) {
                terms.add(new Piece(piece.xorb, first, end));
            }
        }
        return json(form.equals("v2") ? secondForm(terms, skipped) : firstForm(terms, skipped));
    }

    private long length(Piece piece) {
        return Arrays.stream(xorb(piece.xorb).lengths, piece.first, piece.end).sum();
    }

    private String terms(List<Piece> terms) {
        return terms.stream()
                .map(term -> "{\"hash\":\"" + term.xorb + "\",\"unpacked_length\":" + length(term)
                        + ",\"range\":{\"start\":" + term.first + ",\"end\":" + term.end + "}}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** Chunk ranges of each xorb, those that touch joined. */
    private static Map<String, List<int[]>> ranges(List<Piece> terms) {
        Map<String, TreeMap<Integer, Integer>> all = new LinkedHashMap<>();
        for (Piece term : terms) {
            all.computeIfAbsent(term.xorb, any -> new TreeMap<>()).merge(term.first, term.end, Math::max);
        }
        Map<String, List<int[]>> joined = new LinkedHashMap<>();
        all.forEach((xorb, found) -> {
            List<int[]> ranges = new ArrayList<>();
            found.forEach((first, end) -> {
                int[] last = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
                if (last != null && first <= last[1]) {
                    last[1] = Math.max(last[1], end);
                } else {
                    ranges.add(new int[] {first, end});
                }
            });
            joined.put(xorb, ranges);
        });
        return joined;
    }

    private String bytes(String xorb, int[] chunks) {
        int[] starts = xorb(xorb).starts;
        return starts[chunks[0]] + "-" + (starts[chunks[1]] - 1);
    }

    private String url(String xorb, List<int[]> ranges) {
        String signed = ranges.stream().map(range -> bytes(xorb, range)).collect(Collectors.joining(","));
        return transfer.url("/" + xorb + "?X-Xet-Signed-Range=" + signed + "&sig=" + signature.get())
                .toString();
    }

    private String secondForm(List<Piece> terms, long skipped) {
        return "{\"offset_into_first_range\":" + skipped + ",\"terms\":" + terms(terms) + ",\"xorbs\":"
                + ranges(terms).entrySet().stream()
                        .map(entry -> "\"" + entry.getKey() + "\":["
                                + (joinsRanges
                                        ? fetch(entry.getKey(), entry.getValue())
                                        : entry.getValue().stream()
                                                .map(range -> fetch(entry.getKey(), List.of(range)))
                                                .collect(Collectors.joining(",")))
                                + "]")
                        .collect(Collectors.joining(",", "{", "}"))
                + "}";
    }

    private String fetch(String xorb, List<int[]> ranges) {
        return "{\"url\":\"" + url(xorb, ranges) + "\",\"ranges\":"
                + ranges.stream()
                        .map(range -> {
                            String[] bytes = bytes(xorb, range).split("-");
                            return "{\"chunks\":{\"start\":" + range[0] + ",\"end\":" + range[1]
                                    + "},\"bytes\":{\"start\":" + bytes[0] + ",\"end\":" + bytes[1] + "}}";
                        })
                        .collect(Collectors.joining(",", "[", "]"))
                + "}";
    }

    private String firstForm(List<Piece> terms, long skipped) {
        return "{\"offset_into_first_range\":" + skipped + ",\"terms\":" + terms(terms) + ",\"fetch_info\":"
                + ranges(terms).entrySet().stream()
                        .map(entry -> "\"" + entry.getKey() + "\":"
                                + entry.getValue().stream()
                                        .map(range -> {
                                            String[] bytes =
                                                    bytes(entry.getKey(), range).split("-");
                                            return "{\"url\":\"" + url(entry.getKey(), List.of(range))
                                                    + "\",\"range\":{\"start\":" + range[0] + ",\"end\":" + range[1]
                                                    + "},\"url_range\":{\"start\":" + bytes[0] + ",\"end\":" + bytes[1]
                                                    + "}}";
                                        })
                                        .collect(Collectors.joining(",", "[", "]")))
                        .collect(Collectors.joining(",", "{", "}"))
                + "}";
    }

    private MockResponse atTransfer(RecordedRequest request) {
        String authorization = request.getHeaders().get("Authorization");
        if (authorization != null) {
            leaked.add(authorization);
        }
        String name = request.getUrl().pathSegments().get(0);
        String sig = String.valueOf(request.getUrl().queryParameter("sig"));
        String signed = String.valueOf(request.getUrl().queryParameter("X-Xet-Signed-Range"));
        String asked = String.valueOf(request.getHeaders().get("Range")).replace("bytes=", "");
        boolean allowed = asked.equals(signed) || List.of(signed.split(",")).contains(asked);
        if (!xorbs.containsKey(name) || !allowed || Integer.parseInt(sig) < signature.get()) {
            return status(403);
        }
        byte[] bytes = xorb(name).bytes;
        String[] parts = asked.split(",");
        if (parts.length == 1) {
            int[] ends = Stream.of(asked.split("-")).mapToInt(Integer::parseInt).toArray();
            int end = Math.min(bytes.length, ends[1] + 1);
            return new MockResponse.Builder()
                    .code(206)
                    .addHeader("Content-Range", "bytes " + asked + "/" + bytes.length)
                    .body(new Buffer().write(bytes, ends[0], Math.max(0, end - ends[0])))
                    .build();
        }
        Buffer body = new Buffer();
        for (String part : parts) {
            int[] ends = Stream.of(part.split("-")).mapToInt(Integer::parseInt).toArray();
            body.writeUtf8("\r\n--cut\r\nContent-Range: bytes " + part + "/" + bytes.length + "\r\n\r\n")
                    .write(bytes, ends[0], ends[1] + 1 - ends[0]);
        }
        return new MockResponse.Builder()
                .code(206)
                .addHeader("Content-Type", "multipart/byteranges; boundary=cut")
                .body(body.writeUtf8("\r\n--cut--\r\n"))
                .build();
    }

    /** Files, their xorbs and their sha256, as the hub's uploader tells them. */
    private void readShard(byte[] bytes) {
        ByteBuffer shard = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = SHARD_HEADER;
        while (shard.get(at) != -1 || shard.get(at + 31) != -1) {
            String file = hash(shard, at);
            int flags = shard.getInt(at + 32);
            int count = shard.getInt(at + 36);
            at += 48;
            List<Piece> pieces = new ArrayList<>();
            for (int i = 0; i < count; i++, at += 48) {
                pieces.add(new Piece(hash(shard, at), shard.getInt(at + 40), shard.getInt(at + 44)));
            }
            at += flags < 0 ? count * 48 : 0;
            if ((flags & 0x40000000) != 0) {
                hashes.put(hash(shard, at), file);
                at += 48;
            }
            files.put(file, pieces);
        }
        at += 48;
        byte[] answer = bytes.clone();
        // Whoever reads it back wants to know where the list of xorbs ends.
        int footer = bytes.length - SHARD_FOOTER;
        ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).putLong(footer + 24, footer);
        while (shard.get(at) != -1 || shard.get(at + 31) != -1) {
            int count = shard.getInt(at + 36);
            at += 48;
            for (int i = 0; i < count; i++, at += 48) {
                shards.put(hash(shard, at), answer);
            }
        }
    }

    /** Four numbers, each with its last byte first. */
    private static String hash(ByteBuffer from, int at) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
            text.append(HexFormat.of().toHexDigits(from.getLong(at + 8 * i)));
        }
        return text.toString();
    }

    private Xorb xorb(String hash) {
        return Objects.requireNonNull(xorbs.get(hash), hash);
    }

    private static int u24(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16;
    }

    private static String sha256(byte[] bytes) {
        Hasher hasher = new Hasher(Checksum.Algorithm.SHA256, bytes.length);
        hasher.update(bytes, 0, bytes.length);
        return HexFormat.of().formatHex(hasher.finish());
    }

    private static MockResponse json(String text) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "application/json")
                .body(text)
                .build();
    }

    public static MockResponse status(int status) {
        return new MockResponse.Builder().code(status).build();
    }

    @Override
    public void close() {
        try {
            cas.close();
            transfer.close();
        } catch (RuntimeException e) {
            throw new UncheckedIOException(new IOException("the fake store did not stop", e));
        }
    }
}
