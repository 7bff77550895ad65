package io.synctools.skopeo;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why skopeo failed, told from the words of its last error (docs/protocols/skopeo-and-registries.md section 4).
 *
 * <p>Ordered: the first whose words are found counts. An error may hold several, for it lists what became of each format
 * in which a manifest was tried: then what another format cannot mend comes first.
 */
enum SkopeoFault {
    /** Requests are counted and there are no more. */
    QUOTA("pull rate limit"),
    /** Too many requests at a time. */
    RATE_LIMIT("toomanyrequests|too many requests"),
    /** The limit that we gave has passed. */
    TIMEOUT("context deadline exceeded"),
    /** This machine's registries.conf forbids the registry. */
    BLOCKED("is blocked in"),
    /** The project, organisation or namespace is not there, or else the registry would have made the repository. */
    NO_PROJECT("(?:project|namespace|organi[sz]ation)\\b.{0,200}?(?:not found|does not exist|not exist)"
            + "|initiating layer upload.*(?:name unknown|name_unknown|404)|uploading manifest.*name unknown"),
    /** The destination's quota of storage. */
    FULL("exceed|storage quota|quota .*reached"),
    /** A layer or manifest is larger than what stands before the registry lets through. */
    TOO_LARGE("statuscode: 413|413 \\(?(?:request|payload|content)|(?:entity|payload|content) too large"),
    /** No login, or one that is refused. */
    LOGIN("unauthorized|authentication required|invalid username/password|statuscode: 401"),
    /** A login that may not do this. */
    DENIED("denied|403 \\(?forbidden|statuscode: 403"),
    /** A server that does not work. */
    SERVER("http status: 5\\d\\d|status code from registry 5\\d\\d|statuscode: 5\\d\\d"
            + "|50\\d \\(?(internal|bad gateway|service|gateway)"),
    /** A layer that was there a moment ago: the registry cleans up, or is not of one mind with itself. */
    LAYER_LOST("uploading manifest.*blob unknown"),
    /** The destination does not take the manifest's type and we asked for unchanged bytes: it refuses in any words. */
    REFUSED_TYPE(
            "preserve digests|destination specifies a digest|manifest[ _]invalid|attempted the following formats|unsupported manifest"
                    + "|manifest type .* rejected|415 unsupported|uploading manifest \\S+ to \\S*: (?!put |post |patch |head |get )"),
    /** The source is not there. */
    NOT_FOUND("manifest unknown|manifest_unknown|name unknown|repository name not known|404 \\(?not found"
            + "|blob unknown|blob_unknown|(?:fetching|reading) blob.*404"),
    /** It speaks plain http. */
    PLAIN("http response to https client"),
    /** The certificate is not what it should be. */
    TLS("x509:|tls: failed to verify"),
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
