package io.synctools.huggingface;

import io.synctools.internal.http.Endpoints;
import io.synctools.internal.http.Loopback;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;

/**
 * How to reach the hub, as the hub's own clients are told by the environment (docs/protocols/huggingface.md section 1).
 *
 * <p>Immutable and thread-safe; never prints the token.
 *
 * @param endpoints base addresses, tried in order when one is down; at least one
 * @param token sent to the endpoints' own origins and nowhere else; empty for none
 */
record HuggingFaceAccess(List<URI> endpoints, Optional<String> token) {

    private static final String PUBLIC_HUB = "https://huggingface.co";
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

    HuggingFaceAccess {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("HF_ENDPOINT names no address");
        }
        if (token.isPresent() && !token.get().chars().allMatch(c -> c > ' ' && c < 0x7f && c != '"' && c != '\'')) {
            throw new IllegalArgumentException("the Hugging Face token holds blanks, quotes or other characters that no"
                    + " token has; check HF_TOKEN or the token file");
        }
        for (URI endpoint : endpoints) {
            if (endpoint.getHost() == null || endpoint.getRawUserInfo() != null) {
                throw new IllegalArgumentException("HF_ENDPOINT must be an address such as " + PUBLIC_HUB
                        + " without user and password; a token belongs into HF_TOKEN");
            }
            if (token.isPresent() && !"https".equals(endpoint.getScheme()) && !Loopback.is(endpoint.getHost())) {
                throw new IllegalArgumentException("HF_ENDPOINT " + endpoint + " is plain http, over which the token"
                        + " could be read on its way; use https, or unset HF_TOKEN and remove the token file");
            }
        }
    }

    /**
     * Reads {@code HF_ENDPOINT} (several, separated by commas) and the token: {@code HF_TOKEN}, else
     * {@code HUGGING_FACE_HUB_TOKEN}, else the file that {@code HF_TOKEN_PATH} names, else the token file of the hub's own
     * login; none where {@code HF_HUB_DISABLE_IMPLICIT_TOKEN} is set.
     *
     * @throws IllegalArgumentException if an address or the token is unusable, saying which variable to mend
     */
    static HuggingFaceAccess of(RunContext context) {
        Endpoints endpoints =
                Endpoints.parse("HF_ENDPOINT", context.env("HF_ENDPOINT").orElse(PUBLIC_HUB));
        return new HuggingFaceAccess(endpoints.all().stream().map(HttpUrl::uri).toList(), token(context));
    }

    /** Whether a variable is set to what the hub's clients take for true. */
    static boolean isTrue(RunContext context, String variable) {
        return context.env(variable)
                .filter(value -> TRUE.contains(value.toUpperCase(Locale.ROOT)))
                .isPresent();
    }

    private static Optional<String> token(RunContext context) {
        if (isTrue(context, "HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            return Optional.empty();
        }
        HomeFolders folders = HomeFolders.of(context);
        return clean(context.env("HF_TOKEN"))
                .or(() -> clean(context.env("HUGGING_FACE_HUB_TOKEN")))
                .or(() -> clean(folders.namedTokenFile()
                        .map(HuggingFaceAccess::readNamed)
                        .orElseGet(() -> folders.tokenFile().flatMap(HuggingFaceAccess::read))));
    }

    /** A file that somebody named has to be there: without it private repositories would only seem to be absent. */
    private static Optional<String> readNamed(Path file) {
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("HF_TOKEN_PATH names " + file
                    + ", where there is no file; correct it, or unset it, or set HF_TOKEN");
        }
        return read(file);
    }

    private static Optional<String> clean(Optional<String> token) {
        return token.map(text -> text.replaceAll("[\r\n]", "").strip()).filter(text -> !text.isEmpty());
    }

    private static Optional<String> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot read the Hugging Face token file " + file + "; make it readable or set HF_TOKEN", e);
        }
    }

    @Override
    public String toString() {
        return "HuggingFaceAccess[" + endpoints + ", " + (token.isPresent() ? "with a token" : "no token") + "]";
    }
}
