package io.synctools.s3;

import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.retry.MismatchException;
import io.synctools.internal.retry.TimeSource;
import io.synctools.model.SyncException;
import io.synctools.s3.Refusals.Refusal;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import okhttp3.HttpUrl;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * What we ask of one bucket. Thread-safe; does not retry: {@link IOException} means that trying again may help, {@link
 * SyncException} that it will not.
 */
final class StoreApi {
    /** Under which name an object says what its bytes were declared to hash to. */
    private static final String DECLARED = "x-amz-meta-sync-checksum";

    private static final int DELETED_AT_ONCE = 1000;
    private static final int PAGE_LIMIT = 8 << 20;
    private static final int ANSWER_LIMIT = 1 << 20;

    /** A part of an upload, as the store has it. */
    record Part(int number, String tag, String checksum, long size) {
        /** Whether the store's own word of a part agrees with this one. */
        boolean isOf(Part listed) {
            return number == listed.number && tag.equals(listed.tag) && size == listed.size;
        }
    }

    /** The store does not know the upload; it was completed, thrown away, or its time was over. */
    static final class UploadGoneException extends IOException {
        private static final long serialVersionUID = 1L;

        UploadGoneException(String message) {
            super(message);
        }
    }

    /** An object as a listing names it. */
    record Listed(String key, long size, String tag) {}

    /** An upload that was begun and not finished. */
    record Begun(String key, String id) {}

    /** A small object, whole. */
    static final class Small {
        private final byte[] bytes;
        private final String tag;

        private Small(byte[] bytes, String tag) {
            this.bytes = bytes;
            this.tag = tag;
        }

        byte[] bytes() {
            return bytes;
        }

        String tag() {
            return tag;
        }
    }

    /** Hears of the objects of a listing, in the store's order. */
    @FunctionalInterface
    interface Each {
        void object(Listed listed);
    }

    private final Http http;
    private final TimeSource time;
    private final StoreAddress address;
    private final String bucket;
    private final StoreCredentials credentials;
    private final Signature signature;
    private final boolean checksums;
    private volatile Duration ahead = Duration.ZERO;

    /** @param checksums whether a SHA-256 goes along with each body */
    StoreApi(RunContext context, String bucket, StoreAddress address, StoreCredentials credentials, boolean checksums) {
        this.http = Http.of(context);
        this.time = TimeSource.of(context);
        this.address = address;
        this.bucket = bucket;
        this.credentials = credentials;
        this.signature = new Signature(credentials, address.region());
        this.checksums = checksums;
    }

    /** Host and port, for people. */
    String host() {
        return address.host();
    }

    /** A body of that length, sent as this store takes it. */
    SentBody body(SentBody.Bytes bytes, long length) {
        return new SentBody(bytes, length, checksums);
    }

    /** What the store says of an object; empty where there is none. */
    Optional<ObjectFacts> head(String key) throws IOException, InterruptedException {
        try (HttpResponse answer =
                send("HEAD", address.at(key, Map.of()), Map.of("x-amz-checksum-mode", "ENABLED"), null)) {
            if (answer.status() == 404) {
                return Optional.empty();
            }
            succeeded(answer, 200);
            return Optional.of(new ObjectFacts(
                    answer.header("Content-Length").map(Long::parseLong).orElse(-1L),
                    ObjectFacts.bare(answer.header("ETag").orElse("")),
                    answer.header("x-amz-checksum-sha256").orElse(""),
                    answer.header(DECLARED).orElse("")));
        } catch (NumberFormatException e) {
            throw new IOException("HEAD " + key + ": no length", e);
        }
    }

    /** A small object; empty where there is none. */
    Optional<Small> get(String key, int limit) throws IOException, InterruptedException {
        try (HttpResponse answer = send("GET", address.at(key, Map.of()), Map.of(), null)) {
            if (answer.status() == 404) {
                Refusal refusal = Refusal.of(answer);
                if (refusal.is("NoSuchBucket")) {
                    throw refused(answer, refusal);
                }
                return Optional.empty();
            }
            succeeded(answer, 200);
            byte[] bytes = answer.body().readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new IOException(answer + ": more than " + limit + " bytes");
            }
            return Optional.of(
                    new Small(bytes, ObjectFacts.bare(answer.header("ETag").orElse(""))));
        }
    }

    /**
     * Puts a small object there.
     *
     * @param condition headers such as {@code If-None-Match}
     * @return its tag; empty where the condition does not hold
     */
    Optional<String> put(String key, byte[] bytes, Map<String, String> condition)
            throws IOException, InterruptedException {
        try (HttpResponse answer = send("PUT", address.at(key, Map.of()), condition, bytes)) {
            if (!condition.isEmpty() && (answer.status() == 412 || answer.status() == 409 || answer.status() == 404)) {
                return Optional.empty();
            }
            succeeded(answer, 200);
            return Optional.of(ObjectFacts.bare(answer.header("ETag").orElse("")));
        }
    }

    /** Puts an object there whose bytes come as they are sent. */
    ObjectFacts put(String key, SentBody body, String declared) throws IOException, InterruptedException {
        try (HttpResponse answer = send(address.at(key, Map.of()), Map.of(DECLARED, declared), body)) {
            succeeded(answer, 200);
            Part part = arrived(answer, 1, body);
            return new ObjectFacts(body.length(), part.tag(), part.checksum(), declared);
        } catch (MismatchException e) {
            delete(key);
            throw e;
        }
    }

    /** Begins an upload in parts; its id. */
    String begin(String key, String declared) throws IOException, InterruptedException {
        Map<String, String> headers = new HashMap<>(Map.of(DECLARED, declared));
        if (checksums) {
            headers.put("x-amz-checksum-algorithm", "SHA256");
        }
        try (HttpResponse answer = send("POST", address.at(key, Map.of("uploads", "")), headers, new byte[0])) {
            succeeded(answer, 200);
            String id = Xml.read(answer.text(ANSWER_LIMIT)).text("UploadId");
            if (id.isEmpty()) {
                throw new IOException(answer + ": no id of an upload");
            }
            return id;
        }
    }

    Part uploadPart(String key, String id, int number, SentBody body) throws IOException, InterruptedException {
        HttpUrl url = address.at(key, Map.of("partNumber", Integer.toString(number), "uploadId", id));
        try (HttpResponse answer = send(url, Map.of(), body)) {
            succeeded(answer, 200);
            return arrived(answer, number, body);
        }
    }

    /** Makes a part of what another object holds, inside the store. */
    Optional<Part> copyPart(String from, String tag, long offset, long length, String key, String id, int number)
            throws IOException, InterruptedException {
        Map<String, String> headers = copying(from, tag);
        headers.put("x-amz-copy-source-range", "bytes=" + offset + "-" + (offset + length - 1));
        HttpUrl url = address.at(key, Map.of("partNumber", Integer.toString(number), "uploadId", id));
        try (HttpResponse answer = send("PUT", url, headers, new byte[0])) {
            return copied(answer)
                    .map(xml ->
                            new Part(number, ObjectFacts.bare(xml.text("ETag")), xml.text("ChecksumSHA256"), length));
        }
    }

    /** Copies an object inside the store; empty where it is not there any more, or another one. */
    Optional<ObjectFacts> copy(String from, ObjectFacts facts, String key, String declared)
            throws IOException, InterruptedException {
        Map<String, String> headers = copying(from, facts.tag());
        headers.put("x-amz-metadata-directive", "REPLACE");
        headers.put(DECLARED, declared);
        if (checksums) {
            headers.put("x-amz-checksum-algorithm", "SHA256");
        }
        try (HttpResponse answer = send("PUT", address.at(key, Map.of()), headers, new byte[0])) {
            return copied(answer)
                    .map(xml -> new ObjectFacts(
                            facts.size(), ObjectFacts.bare(xml.text("ETag")), xml.text("ChecksumSHA256"), declared));
        }
    }

    private Optional<Xml> copied(HttpResponse answer) throws IOException {
        if (answer.status() == 412) {
            return Optional.empty();
        }
        if (answer.status() == 404) {
            Refusal refusal = Refusal.of(answer);
            if (refusal.is("NoSuchKey")) {
                return Optional.empty();
            }
            throw refused(answer, refusal);
        }
        return Optional.of(result(answer, "Copy(Object|Part)Result"));
    }

    private Map<String, String> copying(String from, String tag) {
        Map<String, String> headers = new HashMap<>();
        headers.put("x-amz-copy-source", "/" + bucket + "/" + StoreAddress.encoded(from, true));
        headers.put("x-amz-copy-source-if-match", "\"" + tag + "\"");
        return headers;
    }

    /** Makes an object of the parts. */
    ObjectFacts complete(String key, String id, List<Part> parts, String declared)
            throws IOException, InterruptedException {
        StringBuilder xml =
                new StringBuilder("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        for (Part part : parts) {
            xml.append("<Part><ETag>\"").append(escaped(part.tag())).append("\"</ETag>");
            if (checksums && !part.checksum().isEmpty()) {
                xml.append("<ChecksumSHA256>").append(escaped(part.checksum())).append("</ChecksumSHA256>");
            }
            xml.append("<PartNumber>").append(part.number()).append("</PartNumber></Part>");
        }
        byte[] body = xml.append("</CompleteMultipartUpload>").toString().getBytes(StandardCharsets.UTF_8);
        try (HttpResponse answer = send("POST", address.at(key, Map.of("uploadId", id)), Map.of(), body)) {
            Xml result = result(answer, "CompleteMultipartUploadResult");
            String checksum = result.text("ChecksumSHA256");
            Optional<String> ours = ofParts(parts);
            if (!checksum.isEmpty() && ours.isPresent() && !checksum.equals(ours.get())) {
                throw new MismatchException(answer + ": the store made something else of the parts than was sent");
            }
            long size = parts.stream().mapToLong(Part::size).sum();
            return new ObjectFacts(size, ObjectFacts.bare(result.text("ETag")), checksum, declared);
        } catch (MismatchException e) {
            delete(key);
            throw e;
        }
    }

    /** The checksum of an object of these parts, made of theirs; empty where one has none. */
    private static Optional<String> ofParts(List<Part> parts) {
        MessageDigest all = Signature.digest("SHA-256");
        for (Part part : parts) {
            if (part.checksum().isEmpty()) {
                return Optional.empty();
            }
            all.update(Base64.getDecoder().decode(part.checksum()));
        }
        return Optional.of(Base64.getEncoder().encodeToString(all.digest()) + "-" + parts.size());
    }

    /** Throws an upload and its parts away. */
    void abort(String key, String id) throws IOException, InterruptedException {
        try (HttpResponse answer = send("DELETE", address.at(key, Map.of("uploadId", id)), Map.of(), null)) {
            if (answer.status() != 404) {
                succeeded(answer, 204);
            }
        }
    }

    /** The parts of an upload that are there, in order; empty where the store no longer knows the upload. */
    Optional<List<Part>> parts(String key, String id) throws IOException, InterruptedException {
        List<Part> parts = new ArrayList<>();
        Map<String, String> query = new TreeMap<>(Map.of("uploadId", id));
        while (true) {
            try (HttpResponse answer = send("GET", address.at(key, query), Map.of(), null)) {
                if (answer.status() == 404) {
                    return Optional.empty();
                }
                succeeded(answer, 200);
                Xml page = Xml.read(answer.text(PAGE_LIMIT));
                for (Map<String, String> one : page.each("Part")) {
                    parts.add(new Part(
                            number(one, "PartNumber").intValue(),
                            ObjectFacts.bare(one.getOrDefault("ETag", "")),
                            one.getOrDefault("ChecksumSHA256", ""),
                            number(one, "Size")));
                }
                if (!isMore(page) || !moves(query, "part-number-marker", page.text("NextPartNumberMarker"))) {
                    return Optional.of(parts);
                }
            }
        }
    }

    /** Tells of every object whose key begins so; complete, or an exception. */
    void list(String prefix, Each each) throws IOException, InterruptedException {
        Map<String, String> query =
                new TreeMap<>(Map.of("list-type", "2", "prefix", prefix, "encoding-type", "url", "max-keys", "1000"));
        Set<String> tokens = new HashSet<>();
        while (true) {
            try (HttpResponse answer = send("GET", address.bucket(query), Map.of(), null)) {
                succeeded(answer, 200);
                Xml page = Xml.read(answer.text(PAGE_LIMIT));
                if (!page.root().equals("ListBucketResult")) {
                    throw new IOException(answer + ": no listing");
                }
                for (Map<String, String> one : page.each("Contents")) {
                    String text = one.getOrDefault("Key", "");
                    String key = page.text("EncodingType").equals("url") ? decoded(text) : text;
                    if (!key.startsWith(prefix)) {
                        throw new IOException(answer + ": a listing of what was not asked for");
                    }
                    each.object(new Listed(key, number(one, "Size"), ObjectFacts.bare(one.getOrDefault("ETag", ""))));
                }
                if (page.text("IsTruncated").equals("false")) {
                    return;
                }
                String next = page.text("NextContinuationToken");
                if (!isMore(page) || next.isEmpty() || !tokens.add(next)) {
                    throw new IOException(answer + ": a listing that does not say whether or where there is more");
                }
                query.put("continuation-token", next);
            }
        }
    }

    /** Uploads below a prefix that were begun and not finished. */
    List<Begun> uploads(String prefix) throws IOException, InterruptedException {
        List<Begun> all = new ArrayList<>();
        Map<String, String> query = new TreeMap<>(Map.of("uploads", "", "prefix", prefix, "encoding-type", "url"));
        while (true) {
            try (HttpResponse answer = send("GET", address.bucket(query), Map.of(), null)) {
                succeeded(answer, 200);
                Xml page = Xml.read(answer.text(PAGE_LIMIT));
                for (Map<String, String> one : page.each("Upload")) {
                    String key = one.getOrDefault("Key", "");
                    all.add(new Begun(
                            page.text("EncodingType").equals("url") ? decoded(key) : key,
                            one.getOrDefault("UploadId", "")));
                }
                String marker = page.text("NextKeyMarker");
                query.put("upload-id-marker", page.text("NextUploadIdMarker"));
                if (!isMore(page) || !moves(query, "key-marker", decoded(marker))) {
                    return all;
                }
            }
        }
    }

    /** Removes an object; it may be gone already. */
    void delete(String key) throws IOException, InterruptedException {
        try (HttpResponse answer = send("DELETE", address.at(key, Map.of()), Map.of(), null)) {
            if (answer.status() != 404) {
                succeeded(answer, 204);
            }
        }
    }

    /** Removes objects, many with one request; they may be gone already. */
    void deleteAll(List<String> keys) throws IOException, InterruptedException {
        for (int from = 0; from < keys.size(); from += DELETED_AT_ONCE) {
            StringBuilder xml = new StringBuilder("<Delete><Quiet>true</Quiet>");
            for (String key : keys.subList(from, Math.min(keys.size(), from + DELETED_AT_ONCE))) {
                xml.append("<Object><Key>").append(escaped(key)).append("</Key></Object>");
            }
            byte[] body = xml.append("</Delete>").toString().getBytes(StandardCharsets.UTF_8);
            String md5 =
                    Base64.getEncoder().encodeToString(Signature.digest("MD5").digest(body));
            HttpUrl url = address.bucket(Map.of("delete", ""));
            try (HttpResponse answer = send("POST", url, Map.of("Content-MD5", md5), body)) {
                for (Map<String, String> error : result(answer, "DeleteResult").each("Error")) {
                    throw refused(
                            answer,
                            new Refusal(403, error.getOrDefault("Code", ""), Optional.empty(), Optional.empty()));
                }
            }
        }
    }

    // Sending.

    private HttpResponse send(String method, HttpUrl url, Map<String, String> headers, byte @Nullable [] body)
            throws IOException, InterruptedException {
        byte[] bytes = body == null ? new byte[0] : body;
        return send(method, url, headers, body == null ? null : RequestBody.create(bytes), Signature.sha256(bytes));
    }

    private HttpResponse send(HttpUrl url, Map<String, String> headers, SentBody body)
            throws IOException, InterruptedException {
        Map<String, String> all = new HashMap<>(headers);
        if (body.hasTrailer()) {
            all.put("x-amz-decoded-content-length", Long.toString(body.length()));
            all.put("x-amz-trailer", "x-amz-checksum-sha256");
            all.put("Content-Encoding", "aws-chunked");
        }
        try {
            return send(
                    "PUT", url, all, body, body.hasTrailer() ? Signature.UNSIGNED_WITH_TRAILER : Signature.UNSIGNED);
        } catch (IOException e) {
            body.rethrow();
            throw e;
        }
    }

    private HttpResponse send(
            String method, HttpUrl url, Map<String, String> headers, @Nullable RequestBody body, String payload)
            throws IOException, InterruptedException {
        Map<String, String> own = new TreeMap<>();
        headers.forEach((name, value) -> {
            if (name.startsWith("x-amz-")) {
                own.put(name, value);
            }
        });
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(signature.headers(method, url, own, payload, time.now().plus(ahead)));
        Map<String, String> secret = new HashMap<>();
        signature.token().ifPresent(token -> secret.put("x-amz-security-token", token));
        return http.send(new HttpRequest(method, url, all, secret, false, body));
    }

    // Answers.

    private void succeeded(HttpResponse answer, int status) throws IOException {
        if (answer.status() != status && !(answer.ok() && status / 100 == 2 && answer.status() != 206)) {
            throw refused(answer, Refusal.of(answer));
        }
    }

    /** Copies and completions begin to answer with 200 before they know whether they succeed; the root's name tells. */
    private Xml result(HttpResponse answer, String root) throws IOException {
        succeeded(answer, 200);
        Xml xml = Xml.read(answer.text(ANSWER_LIMIT));
        if (xml.root().equals("Error")) {
            throw refused(answer, Refusal.of(answer, xml));
        }
        if (!xml.root().matches(root)) {
            throw new IOException(answer + ": an answer that does not say whether it was done");
        }
        return xml;
    }

    /** Throws what will not pass, and returns what may. */
    private IOException refused(HttpResponse answer, Refusal refusal) {
        Optional<Duration> skew = refusal.skew(time.now());
        if (skew.isPresent() && skew.get().minus(ahead).abs().toSeconds() > 60) {
            ahead = skew.get();
            return new IOException(answer + ": refused, since this machine's clock is "
                    + ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "ahead of" : "behind")
                    + " the store's; goes by the store's from now on");
        }
        if (refusal.is("NoSuchUpload")) {
            return new UploadGoneException(answer + ": the store does not know the upload");
        }
        Exception meaning = Refusals.of(refusal, answer.toString(), bucket, credentials);
        if (meaning instanceof IOException passing) {
            return passing;
        }
        throw (RuntimeException) meaning;
    }

    /** What the store has, held against what was sent. */
    private static Part arrived(HttpResponse answer, int number, SentBody body) throws IOException {
        String tag = ObjectFacts.bare(answer.header("ETag").orElse(""));
        Optional<String> theirs = body.hasTrailer()
                ? answer.header("x-amz-checksum-sha256")
                : Optional.of(tag).filter(text -> text.matches("[0-9a-f]{32}"));
        if (theirs.isPresent() && !theirs.get().equals(body.hash())) {
            throw new MismatchException(answer + ": the store has other bytes than were sent");
        }
        if (tag.isEmpty()) {
            throw new IOException(answer + ": no ETag of what was sent");
        }
        return new Part(number, tag, body.hasTrailer() ? body.hash() : "", body.length());
    }

    private static boolean isMore(Xml page) {
        return page.text("IsTruncated").equals("true");
    }

    private static boolean moves(Map<String, String> query, String name, String to) {
        return !to.isEmpty() && !to.equals(query.put(name, to));
    }

    private static Long number(Map<String, String> values, String name) throws IOException {
        try {
            return Long.valueOf(values.getOrDefault(name, "").strip());
        } catch (NumberFormatException e) {
            throw new IOException("the store's answer has no number " + name, e);
        }
    }

    private static String decoded(String text) throws IOException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException("the store's listing has a key that cannot be read", e);
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
