package io.synctools.huggingface;

import io.synctools.internal.http.Endpoints;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import okhttp3.HttpUrl;

/**
 * The addresses of one endpoint of the hub (docs/protocols/huggingface.md sections 3 and 4).
 *
 * @param base with a path that ends in a slash
 */
record HubEndpoint(HttpUrl base) {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final HubEndpoint PUBLIC_HUB = new HubEndpoint(HttpUrl.get("https://huggingface.co"));
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    /** Tells the commit of a revision; asks for nothing else, since the names of all files come along unasked. */
    HttpUrl commitOf(RepoId repo, String revision) {
        return at("/api/" + repo + "/revision/" + encode(revision, ""), "expand=sha");
    }

    /** Tells all about a revision, the names of its files included. */
    HttpUrl revision(RepoId repo, String revision) {
        return at("/api/" + repo + "/revision/" + encode(revision, ""), "");
    }

    /** Tells whether a revision is there, and whether files are for those only who accepted the terms. */
    HttpUrl aboutRevision(RepoId repo, String revision) {
        return at("/api/" + repo + "/revision/" + encode(revision, ""), "expand=sha&expand=gated");
    }

    /** Tells by its status whether the files may be read by whoever asks. */
    HttpUrl accessTo(RepoId repo) {
        return at("/api/" + repo + "/auth-check", "");
    }

    /** Gives leave to read a commit's files from the chunk store. */
    HttpUrl storeToken(RepoId repo, String commit) {
        return at("/api/" + repo + "/xet-read-token/" + encode(commit, ""), "");
    }

    /** The first page of everything at a commit. */
    HttpUrl tree(RepoId repo, String commit) {
        return at("/api/" + repo + "/tree/" + commit, "recursive=true&expand=false");
    }

    /** Where a file is to be had, mostly through a redirect. */
    HttpUrl file(RepoId repo, String commit, String path) {
        return at("/" + repo.prefix() + repo.id() + "/resolve/" + commit + "/" + encode(path, "/"), "");
    }

    /** What to ask a person where somebody else than the hub seems to answer. */
    String question() {
        String value = base.newBuilder().username("").password("").toString().replaceAll("/+$", "");
        return "is HF_ENDPOINT=" + value + " right, and is no proxy in between? Its usual value is "
                + PUBLIC_HUB.base.toString().replaceAll("/+$", "");
    }

    /** Whether an address has this endpoint's scheme, host and port. */
    boolean owns(HttpUrl url) {
        return url.scheme().equals(base.scheme()) && url.host().equals(base.host()) && url.port() == base.port();
    }

    /** An address as this endpoint serves it: those that a mirror copied from the public hub are of the mirror itself. */
    HttpUrl atHome(HttpUrl url) {
        return PUBLIC_HUB.owns(url) && !owns(url) ? rebase(url) : url;
    }

    private HttpUrl rebase(HttpUrl url) {
        String query = url.encodedQuery();
        return at(url.encodedPath(), query == null ? "" : query);
    }

    /** Host, and port where it is not the scheme's own. */
    String host() {
        return Endpoints.authority(base);
    }

    private HttpUrl at(String encodedPath, String query) {
        String root = base.toString();
        String text = (root.endsWith("/") ? root.substring(0, root.length() - 1) : root) + encodedPath;
        HttpUrl url = HttpUrl.get(query.isEmpty() ? text : text + "?" + query);
        if (!url.encodedPath().endsWith(encodedPath)) {
            // Dot parts were resolved away: the address is of something else than the name says.
            throw new SyncException(FailureKind.UNSAFE_NAME, host() + ": no address for '" + encodedPath + "'");
        }
        return url;
    }

    private static String encode(String text, String kept) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (UNRESERVED.indexOf(c) >= 0 || kept.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.toHighHexDigit(b)).append(HEX.toLowHexDigit(b));
            }
        }
        return encoded.toString();
    }
}
