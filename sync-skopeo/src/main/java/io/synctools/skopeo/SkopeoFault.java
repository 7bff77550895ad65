package io.synctools.skopeo;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why skopeo failed, told from the words of its last error (protocols/skopeo-and-registries.md section 4).
 *
 * <p>Ordered: the first whose words are found counts. An error may hold several, for it lists what became of each format
 * in which a manifest was tried: then what another format cannot mend comes first.
 */
enum SkopeoFault {
    /** Requests are counted and there are no more. */
    QUOTA("pull rate limit"),
    /** Too many requests at a time. */
    RATE_LIMIT("toomanyrequests|too many requests"),
    /** No login, a wrong one, or one that may not do this. */
    AUTH(
            "unauthorized|authentication required|invalid username/password|denied|403 \\(?forbidden|401 \\(?unauthorized"),
    /** A server that does not work. */
    SERVER("http status: 5\\d\\d|status code from registry 5\\d\\d|50\\d \\(?(internal|bad gateway|service|gateway)"),
    /** The destination does not take the manifest's type and we asked for unchanged bytes. */
    REFUSED_TYPE("preserve digests|manifest[ _]invalid|attempted the following formats|unsupported manifest"
            + "|manifest type .* rejected|415 unsupported"),
    /** The source is not there. */
    NOT_FOUND("manifest unknown|manifest_unknown|name unknown|repository name not known|404 \\(?not found"),
    /** The certificate or the protocol is not what it should be. */
    TLS("x509:|tls: failed to verify|http response to https client"),
    /** The limit that we gave has passed. */
    TIMEOUT("context deadline exceeded"),
    /** This machine or our own call. */
    CONFIG("invalid reference format|trust policy|unknown flag|unknown shorthand|source image rejected"),
    /** The image itself cannot be copied by skopeo. */
    UNSUPPORTED("unexpectedly received a manifest list|unsupported mime|unsupported image"),
    /** No space where skopeo keeps temporary files. */
    NO_SPACE("no space left on device"),
    /** Anything else: networks that do not work. */
    TRANSIENT("");

    private static final Pattern FATAL =
            Pattern.compile("level=(?:fatal|error) msg=(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|(\\S+))");
    private static final Pattern QUERY = Pattern.compile("\\?[^\\s\"',)\\\\]+");
    private static final int LENGTH = 600;

    private final Pattern words;

    SkopeoFault(String words) {
        this.words = Pattern.compile(words, Pattern.CASE_INSENSITIVE);
    }

    /** What an error message means. */
    static SkopeoFault of(String message) {
        for (SkopeoFault fault : values()) {
            if (fault.words.matcher(message).find()) {
                return fault;
            }
        }
        return TRANSIENT;
    }

    /**
     * The reason out of skopeo's standard error: its last error line, else the last line at all, with the queries of
     * addresses cut (they hold temporary signatures) and our secrets masked.
     */
    static String reason(String errors, Iterable<String> secrets) {
        String found = "";
        for (Matcher line = FATAL.matcher(errors); line.find(); ) {
            found = line.group(1) == null ? line.group(2) : line.group(1).replaceAll("\\\\(.)", "$1");
        }
        if (found.isEmpty()) {
            String stripped = errors.strip();
            found = stripped.substring(stripped.lastIndexOf('\n') + 1);
        }
        for (String secret : secrets) { // Before anything is cut: a part of a secret would not be recognised.
            found = found.replace(secret, "***");
        }
        found = QUERY.matcher(found).replaceAll("?...");
        return found.length() > LENGTH ? found.substring(0, LENGTH) + "..." : found;
    }
}
