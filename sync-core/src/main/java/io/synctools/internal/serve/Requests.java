package io.synctools.internal.serve;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.synctools.serve.HubRequest;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Takes requests apart. What is not well-formed is refused, never guessed at. */
final class Requests {
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9._-]{1,253}(:\\d{1,5})?|\\[[0-9A-Fa-f:.]{2,45}](:\\d{1,5})?");

    private Requests() {}

    /**
     * A request as dialects read it; empty where it is not well-formed.
     *
     * @param here where it arrived
     */
    static Optional<HubRequest> of(FullHttpRequest request, InetSocketAddress here, boolean tls) {
        String target = request.uri();
        if (target.startsWith("http://") || target.startsWith("https://")) {
            int slash = target.indexOf('/', target.indexOf("//") + 2);
            target = slash < 0 ? "/" : target.substring(slash);
        }
        if (!target.startsWith("/")) {
            return Optional.empty();
        }
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? "" : target.substring(mark + 1);
        try {
            List<String> parts = new ArrayList<>();
            for (String part : path.substring(1).split("/", -1)) {
                parts.add(decoded(part, false));
            }
            Map<String, String> values = new HashMap<>();
            for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
                String[] sides = pair.split("=", 2);
                values.merge(
                        decoded(sides[0], true),
                        sides.length == 2 ? decoded(sides[1], true) : "",
                        (one, more) -> one + "," + more);
            }
            Map<String, String> headers = new HashMap<>();
            request.headers()
                    .forEach(header -> headers.merge(
                            header.getKey().toLowerCase(Locale.ROOT),
                            header.getValue(),
                            (one, more) -> one + ", " + more));
            byte[] body = new byte[request.content().readableBytes()];
            request.content().getBytes(request.content().readerIndex(), body);
            return Optional.of(
                    new HubRequest(request.method().name(), parts, values, headers, body, origin(request, here, tls)));
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String origin(FullHttpRequest request, InetSocketAddress here, boolean tls) {
        String host = request.headers().get(HttpHeaderNames.HOST, "");
        if (!HOST.matcher(host).matches()) {
            String address = here.getAddress().getHostAddress();
            host = (address.contains(":") ? "[" + address + "]" : address) + ":" + here.getPort();
        }
        // A proxy in front that ends TLS says so; who lies leads nobody but itself astray.
        boolean secure = tls || request.headers().get("X-Forwarded-Proto", "").equalsIgnoreCase("https");
        return (secure ? "https://" : "http://") + host;
    }

    private static String decoded(String text, boolean isForm) throws CharacterCodingException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                if (i + 2 >= text.length()) {
                    throw new IllegalArgumentException("cut");
                }
                bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            } else if (c == '+' && isForm) {
                bytes.write(' ');
            } else {
                bytes.write(c); // one byte each, as they arrived
            }
        }
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes.toByteArray()))
                .toString();
    }
}
