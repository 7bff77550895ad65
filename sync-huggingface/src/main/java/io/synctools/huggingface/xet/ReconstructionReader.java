package io.synctools.huggingface.xet;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.synctools.internal.json.Json;
import io.synctools.internal.retry.MismatchException;
import io.synctools.model.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Reads the store's answer of what a file is made of, in its second form and in the first, and believes none of it
 * unchecked (docs/protocols/xet.md section 3).
 */
final class ReconstructionReader {
    /** A file of 4 GiB in pieces of 256 KiB each needs less. */
    static final int LONGEST = 24 << 20;

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final int MOST_CHUNKS = 8192;
    private static final long LONGEST_RANGE = (64L << 20) + MOST_CHUNKS * 8L + (1 << 20);
    private static final int LONGEST_URL = 16 * 1024;

    private final String where;
    private final JsonParser json;
    private final Map<String, String> xorbs = new HashMap<>();
    private final Map<String, List<StoredRange>> ranges = new HashMap<>();
    private final List<Term> terms = new ArrayList<>();
    private long skipped;

    private ReconstructionReader(String where, JsonParser json) {
        this.where = where;
        this.json = json;
    }

    /**
     * Reads an answer.
     *
     * @param where it comes from, for messages
     * @param range of the file that was asked for
     * @param size of the whole file
     * @throws MismatchException if it is JSON, and not what makes up this range of this file
     */
    static Reconstruction read(String where, InputStream body, ByteRange range, long size) throws IOException {
        BoundedStream bounded = new BoundedStream(body, LONGEST);
        try (JsonParser parser = Json.FACTORY.createParser(bounded)) {
            ReconstructionReader reader = new ReconstructionReader(where, parser);
            reader.readAll();
            return reader.checked(range, size);
        } catch (JsonProcessingException e) {
            if (bounded.left() == 0) {
                throw new MismatchException(where + ": the store answered with more than " + LONGEST + " bytes");
            }
            throw e;
        }
    }

    private void readAll() throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new JsonParseException(json, "no JSON object");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "offset_into_first_range" -> skipped = value == JsonToken.VALUE_NULL ? 0 : number(Long.MAX_VALUE);
                case "terms" -> readList(this::readTerm);
                case "xorbs" -> readXorbs(true);
                case "fetch_info" -> readXorbs(false);
                default -> json.skipChildren();
            }
        }
        if (json.currentToken() != JsonToken.END_OBJECT) {
            throw new JsonParseException(json, "no end of the JSON object");
        }
    }

    private interface Reading {
        void run() throws IOException;
    }

    private void readList(Reading element) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw wrong("no list where one should be");
        }
        while (json.nextToken() == JsonToken.START_OBJECT) {
            element.run();
        }
        if (json.currentToken() != JsonToken.END_ARRAY) {
            throw wrong("a list of something else");
        }
    }

    private void readTerm() throws IOException {
        String xorb = "";
        long length = -1;
        int[] chunks = {-1, -1};
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "hash" -> xorb = hash(json.getText());
                case "unpacked_length" -> length = number(0xffff_ffffL);
                case "range" -> chunks = chunks(readPair(MOST_CHUNKS));
                default -> json.skipChildren();
            }
        }
        boolean sound = !xorb.isEmpty() && chunks[0] >= 0 && length > 0;
        if (!sound || length > (chunks[1] - chunks[0]) * (long) ChunkReader.BIGGEST) {
            throw wrong("a term whose length does not fit its chunks");
        }
        long offset = terms.isEmpty() ? 0 : terms.get(terms.size() - 1).end();
        terms.add(new Term(offset, length, xorb, chunks[0], chunks[1]));
    }

    private String hash(String text) throws IOException {
        String known = xorbs.get(text);
        if (known == null) {
            if (!HASH.matcher(text).matches()) {
                throw wrong("a hash that is none");
            }
            xorbs.put(text, text);
            known = text;
        }
        return known;
    }

    private void readXorbs(boolean second) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw wrong("no addresses");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            List<StoredRange> found = ranges.computeIfAbsent(hash(json.currentName()), any -> new ArrayList<>());
            json.nextToken();
            readList(() -> {
                if (second) {
                    readEntry(found);
                } else {
                    readFirstForm(found);
                }
            });
        }
    }

    private void readEntry(List<StoredRange> into) throws IOException {
        HttpUrl url = null;
        List<long[]> found = new ArrayList<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "url" -> url = url();
                case "ranges" -> readList(() -> found.add(readRange("chunks", "bytes")));
                default -> json.skipChildren();
            }
        }
        for (long[] range : found) {
            into.add(stored(url, range));
        }
    }

    private void readFirstForm(List<StoredRange> into) throws IOException {
        HttpUrl[] url = {null};
        long[] range = readRange("range", "url_range", () -> url[0] = url());
        into.add(stored(url[0], range));
    }

    private long[] readRange(String chunks, String bytes) throws IOException {
        return readRange(chunks, bytes, () -> {});
    }

    private long[] readRange(String chunks, String bytes, Reading address) throws IOException {
        long[] range = {-1, -1, -1, -1};
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            if (field.equals(chunks)) {
                System.arraycopy(readPair(MOST_CHUNKS), 0, range, 0, 2);
            } else if (field.equals(bytes)) {
                System.arraycopy(readPair(Long.MAX_VALUE / 2), 0, range, 2, 2);
            } else if (field.equals("url")) {
                address.run();
            } else {
                json.skipChildren();
            }
        }
        return range;
    }

    private StoredRange stored(@Nullable HttpUrl url, long[] range) throws IOException {
        int[] chunks = chunks(range);
        long length = range[3] - range[2] + 1;
        if (url == null || range[2] < 0 || length < 1 || length > LONGEST_RANGE) {
            throw wrong("a range of stored bytes that cannot be");
        }
        return new StoredRange(url, chunks[0], chunks[1], range[2], range[3]);
    }

    private HttpUrl url() throws IOException {
        String text = json.getText();
        HttpUrl url = text.length() > LONGEST_URL ? null : HttpUrl.parse(text);
        if (url == null) {
            throw wrong("no address where stored bytes are");
        }
        return url;
    }

    private int[] chunks(long[] pair) throws IOException {
        if (pair[0] < 0 || pair[1] <= pair[0] || pair[1] > MOST_CHUNKS) {
            throw wrong("a range of chunks that cannot be");
        }
        return new int[] {(int) pair[0], (int) pair[1]};
    }

    private long[] readPair(long most) throws IOException {
        long[] pair = {-1, -1};
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw wrong("no range where one should be");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            switch (field) {
                case "start" -> pair[0] = number(most);
                case "end" -> pair[1] = number(most);
                default -> json.skipChildren();
            }
        }
        return pair;
    }

    private long number(long most) throws IOException {
        boolean isLong = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
        long value = isLong ? json.getLongValue() : -1;
        if (value < 0 || value > most) {
            throw wrong("a number that cannot be");
        }
        return value;
    }

    private Reconstruction checked(ByteRange range, long size) throws IOException {
        long total = terms.isEmpty() ? 0 : terms.get(terms.size() - 1).end();
        // Some servers send all of the file, whatever was asked for.
        long start = skipped == 0 && total == size ? 0 : range.offset() - skipped;
        boolean isWhole = range.length() == size;
        boolean fits = isWhole ? skipped == 0 && total == size : start >= 0 && start + total >= range.end();
        if (!fits || terms.isEmpty() || skipped >= terms.get(0).length() || start + total > size) {
            throw wrong("terms of " + total + " bytes for " + range.length() + " of a file of " + size);
        }
        List<Term> placed = new ArrayList<>(terms.size());
        List<StoredRange> stored = new ArrayList<>(terms.size());
        for (Term term : terms) {
            placed.add(new Term(start + term.offset(), term.length(), term.xorb(), term.firstChunk(), term.endChunk()));
            stored.add(ranges.getOrDefault(term.xorb(), List.of()).stream()
                    .filter(found -> found.covers(term.firstChunk(), term.endChunk()))
                    .findFirst()
                    .orElseThrow(() -> wrong("a term without an address")));
        }
        return new Reconstruction(placed, stored);
    }

    private MismatchException wrong(String what) {
        return new MismatchException(where + ": the store answered with " + what);
    }
}
