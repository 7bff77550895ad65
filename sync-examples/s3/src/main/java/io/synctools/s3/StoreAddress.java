package io.synctools.s3;

import io.synctools.spi.RunContext;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * Where one bucket answers: by a host of its own ({@code BUCKET.HOST}) or by a path ({@code HOST/BUCKET}). Immutable.
 *
 * @param base with the bucket, ending in a slash
 * @param region that signatures name
 */
record StoreAddress(HttpUrl base, String region) {
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*|localhost|[^.]+");

    /** Of these only a bucket's own host is sure to answer. */
    private static final Pattern BY_HOST =
            Pattern.compile("(.*\\.)?(amazonaws\\.com(\\.cn)?|myhuaweicloud\\.com|aliyuncs\\.com)");

    /**
     * The address of a bucket, by {@code AWS_ENDPOINT_URL_S3}, {@code AWS_ENDPOINT_URL} or the profile, else that of the
     * region.
     *
     * @throws IllegalArgumentException if the endpoint is no address
     */
    static StoreAddress of(String bucket, RunContext context, Profile profile) {
        if (!isBucket(bucket)) {
            throw new IllegalArgumentException("\"" + bucket + "\" is no name of a bucket; write s3://BUCKET/PREFIX");
        }
        String region = context.env("AWS_REGION")
                .or(() -> context.env("AWS_DEFAULT_REGION"))
                .or(() -> profile.value("region"))
                .orElse("us-east-1");
        Optional<String> given = context.env("AWS_ENDPOINT_URL_S3")
                .or(() -> context.env("AWS_ENDPOINT_URL"))
                .or(() -> profile.value("s3.endpoint_url"))
                .or(() -> profile.value("endpoint_url"));
        String text = given.orElse("https://s3." + region + ".amazonaws.com" + (region.startsWith("cn-") ? ".cn" : ""));
        HttpUrl endpoint = HttpUrl.parse(text);
        if (endpoint == null || !endpoint.username().isEmpty() || endpoint.query() != null) {
            throw new IllegalArgumentException(
                    "AWS_ENDPOINT_URL is no http or https address without a login; write for example"
                            + " https://obs.cn-southwest-2.myhuaweicloud.com");
        }
        return new StoreAddress(
                base(endpoint, bucket, profile.value("s3.addressing_style").orElse("auto")), region);
    }

    static boolean isBucket(String text) {
        return BUCKET.matcher(text).matches() && !text.contains("..");
    }

    private static HttpUrl base(HttpUrl endpoint, String bucket, String style) {
        boolean named = endpoint.host().startsWith(bucket + ".");
        boolean byHost =
                switch (style) {
                    case "virtual" -> true;
                    case "path" -> false;
                    default ->
                        BY_HOST.matcher(endpoint.host()).matches() && !(endpoint.isHttps() && bucket.contains("."));
                };
        HttpUrl.Builder base = endpoint.newBuilder();
        if (!named && byHost && !ADDRESS.matcher(endpoint.host()).matches()) {
            base.host(bucket + "." + endpoint.host());
        } else if (!named) {
            base.addPathSegment(bucket);
        }
        String path = base.build().encodedPath();
        return base.encodedPath(path.endsWith("/") ? path : path + "/").build();
    }

    /** The bucket itself, with a query. */
    HttpUrl bucket(Map<String, String> query) {
        return at("", query);
    }

    /** One object, with a query. */
    HttpUrl at(String key, Map<String, String> query) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(query).forEach((name, value) -> text.append(text.isEmpty() ? "" : "&")
                .append(encoded(name, false))
                .append('=')
                .append(encoded(value, false)));
        HttpUrl.Builder url = base.newBuilder().encodedPath(base.encodedPath() + encoded(key, true));
        return (query.isEmpty() ? url : url.encodedQuery(text.toString())).build();
    }

    /** Host and port, as people write it. */
    String host() {
        return base.host() + (base.port() == HttpUrl.defaultPort(base.scheme()) ? "" : ":" + base.port());
    }

    /** As signatures want it: everything escaped but letters, digits and four marks. */
    static String encoded(String text, boolean path) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '.'
                    || c == '_'
                    || c == '~'
                    || (path && c == '/');
            if (plain) {
                out.append(c);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
