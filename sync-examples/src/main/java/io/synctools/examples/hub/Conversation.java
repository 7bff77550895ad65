package io.synctools.examples.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The requests and answers of one connection. Used by one thread. */
final class Conversation {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");
    /** The first byte of a client that tries encryption first, as skopeo does on loopback. */
    private static final char TLS_HANDSHAKE = 0x16;

    private static final long UNCAPPED_STEP = 64L << 20;

    private final SocketChannel channel;
    private final Hub.Options options;
    private final AtomicLong requests;
    private final AtomicLong bytes;
    private final ByteBuffer in = ByteBuffer.allocate(16 << 10).limit(0);

    Conversation(SocketChannel channel, Hub.Options options, AtomicLong requests, AtomicLong bytes) {
        this.channel = channel;
        this.options = options;
        this.requests = requests;
        this.bytes = bytes;
    }

    /** Answers until the client closes. */
    void hold(Dialect dialect) throws IOException {
        for (Optional<String> head = readHead(); head.isPresent(); head = readHead()) {
            LockSupport.parkNanos(options.latency().toNanos());
            requests.incrementAndGet();
            Request request = Request.parse(head.get());
            request = request.with(readBody(request.headers()));
            Answer answer = dialect.answer(request).orElseGet(() -> Answer.json(404, "{\"error\":\"not found\"}"));
            send(request, answer);
        }
    }

    private Optional<String> readHead() throws IOException {
        while (true) {
            String seen = new String(in.array(), in.position(), in.remaining(), StandardCharsets.ISO_8859_1);
            int end = seen.indexOf("\r\n\r\n");
            if (end >= 0) {
                in.position(in.position() + end + 4);
                return Optional.of(seen.substring(0, end));
            }
            boolean encrypted = !seen.isEmpty() && seen.charAt(0) == TLS_HANDSHAKE;
            if (encrypted || in.remaining() == in.capacity() || !readMore()) {
                return Optional.empty();
            }
        }
    }

    private boolean readMore() throws IOException {
        in.compact();
        int read = channel.read(in);
        in.flip();
        return read >= 0;
    }

    private byte[] readBody(Map<String, String> headers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            for (int size = readChunkSize(); size > 0; size = readChunkSize()) {
                readInto(body, size);
                readLine();
            }
            readLine();
        } else {
            readInto(body, Integer.parseInt(headers.getOrDefault("content-length", "0")));
        }
        return body.toByteArray();
    }

    private int readChunkSize() throws IOException {
        return Integer.parseInt(readLine().strip(), 16);
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (char each = (char) readByte(); each != '\n'; each = (char) readByte()) {
            line.append(each);
        }
        return line.toString();
    }

    private byte readByte() throws IOException {
        if (!in.hasRemaining() && !readMore()) {
            throw new IOException("the client went away in the middle of a request");
        }
        return in.get();
    }

    private void readInto(ByteArrayOutputStream body, int size) throws IOException {
        for (int i = 0; i < size; i++) {
            body.write(readByte());
        }
    }

    private void send(Request request, Answer answer) throws IOException {
        long size = answer.file().map(HubFile::size).orElse((long) answer.body().length);
        long from = 0;
        long to = size;
        int status = answer.status();
        Matcher range = RANGE.matcher(request.headers().getOrDefault("range", ""));
        StringBuilder head = new StringBuilder();
        if (answer.file().isPresent()) {
            head.append("Accept-Ranges: bytes\r\n");
            if (range.matches()) {
                from = range.group(1).isEmpty()
                        ? size - Long.parseLong(range.group(2))
                        : Long.parseLong(range.group(1));
                boolean open = range.group(1).isEmpty() || range.group(2).isEmpty();
                to = open ? size : Math.min(size, Long.parseLong(range.group(2)) + 1);
                status = from < to ? 206 : 416;
                head.append(
                        status == 206
                                ? "Content-Range: bytes " + from + "-" + (to - 1) + "/" + size
                                : "Content-Range: bytes */" + size);
                head.append("\r\n");
                to = status == 206 ? to : from;
            }
        }
        answer.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(to - from).append("\r\n\r\n");
        byte[] first = ("HTTP/1.1 " + status + " " + status + "\r\n" + head).getBytes(StandardCharsets.UTF_8);
        boolean body = !request.method().equals("HEAD");
        ByteBuffer[] parts = {ByteBuffer.wrap(first), ByteBuffer.wrap(body ? answer.body() : new byte[0])};
        while (parts[1].hasRemaining() || parts[0].hasRemaining()) {
            channel.write(parts);
        }
        if (body && answer.file().isPresent()) {
            sendFile(answer.file().get(), from, to);
        }
    }

    /** Sends in steps of a fiftieth of a second where the rate is capped, by a schedule that makes up for late steps. */
    private void sendFile(HubFile file, long from, long to) throws IOException {
        long rate = options.bytesPerSecond();
        long step = rate == 0 ? UNCAPPED_STEP : Math.max(1, rate / 50);
        long began = System.nanoTime();
        for (long at = from; at < to; ) {
            if (rate > 0) {
                long due = began + (long) ((at - from) * 1e9 / rate);
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
            }
            long sent = file.content().send(channel, at, Math.min(step, to - at));
            if (sent <= 0) {
                throw new IOException(file.path() + " became shorter while it was served");
            }
            at += sent;
            bytes.addAndGet(sent);
        }
    }
}
