package io.synctools.examples;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/**
 * Where a text comes from, and where its relative links lead: on a code host an image is meant as a file, and anything else
 * as the page about it.
 *
 * @param raw where its bytes are
 * @param page where people read it
 * @param pages where paths from the repository's top lead to pages
 * @param files where they lead to files
 */
record TextOrigin(HttpUrl raw, HttpUrl page, HttpUrl pages, HttpUrl files) implements Readme.Links {
    private static final Pattern RAW_GITHUB = Pattern.compile(
            "https?://raw\\.githubusercontent\\.com/([^/]+/[^/]+)/((?:refs/(?:heads|tags)/)?[^/]+)/(.+)");
    private static final Pattern CODE_HOST =
            Pattern.compile("(https?://[^/]+/[^/]+/.+?)(/-)?/(?:blob|raw|src)/((?:refs/(?:heads|tags)/)?[^/]+)/(.+)");

    /**
     * Takes an address apart; empty if it is none.
     *
     * @param address of the text, or of the page that a code host shows of it
     */
    static Optional<TextOrigin> of(String address) {
        String plain = address.replaceFirst("[?#].*", "");
        Matcher github = RAW_GITHUB.matcher(plain);
        if (github.matches()) {
            return of("https://github.com/" + github.group(1), "", github.group(2), github.group(3));
        }
        Matcher host = CODE_HOST.matcher(plain);
        if (host.matches()) {
            String dash = host.group(2) == null ? "" : host.group(2);
            return of(host.group(1), dash, host.group(3), host.group(4));
        }
        return Optional.ofNullable(HttpUrl.parse(address)).map(url -> new TextOrigin(url, url, top(url), top(url)));
    }

    private static HttpUrl top(HttpUrl url) {
        return url.newBuilder().encodedPath("/").query(null).fragment(null).build();
    }

    private static Optional<TextOrigin> of(String repository, String dash, String revision, String path) {
        boolean github = repository.startsWith("https://github.com/");
        HttpUrl pages = HttpUrl.parse(repository + dash + "/blob/" + revision + "/");
        HttpUrl files = HttpUrl.parse(
                github
                        ? "https://raw.githubusercontent.com/" + repository.replaceFirst("https://github.com/", "")
                                + "/" + revision + "/"
                        : repository + dash + "/raw/" + revision + "/");
        if (pages == null || files == null) {
            return Optional.empty();
        }
        HttpUrl raw = files.resolve(path);
        HttpUrl page = pages.resolve(path);
        return raw == null || page == null ? Optional.empty() : Optional.of(new TextOrigin(raw, page, pages, files));
    }

    /** The place of a file of the checkout that a job of GitHub Actions works in; empty elsewhere. */
    static Optional<TextOrigin> ofCheckout(Path file, Map<String, String> environment) {
        List<String> told = Stream.of("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_REF_NAME", "GITHUB_WORKSPACE")
                .map(name -> environment.getOrDefault(name, ""))
                .toList();
        Path inside = file.toAbsolutePath().normalize();
        if (told.contains("") || !inside.startsWith(told.get(3))) {
            return Optional.empty();
        }
        String path = Stream.of(
                        Path.of(told.get(3)).relativize(inside).toString().split("/", -1))
                .map(TextOrigin::encoded)
                .collect(Collectors.joining());
        return of(told.get(0) + "/" + told.get(1), "", told.get(2), path.substring(1));
    }

    /** A part of a path as addresses have it, with the slash before it. */
    private static String encoded(String part) {
        return new HttpUrl.Builder()
                .scheme("http")
                .host("x")
                .addPathSegment(part)
                .build()
                .encodedPath();
    }

    @Override
    public Optional<String> absolute(String relative, boolean image) {
        HttpUrl top = image ? files : pages;
        HttpUrl here = image ? raw : page;
        HttpUrl led = relative.startsWith("/") ? top.resolve(relative.replaceFirst("/+", "")) : here.resolve(relative);
        return Optional.ofNullable(led).map(HttpUrl::toString);
    }
}
