package io.synctools.config;

import io.synctools.internal.text.Printable;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code HOST/REPOSITORY} of a container image: host always given, no tag, no digest. What is not of that form is refused
 * with the form that was meant, where that can be seen.
 *
 * @param host with its port where it has one
 * @param repository lower-case parts separated by slashes
 */
record ImageName(String host, String repository) {
    private static final int MOST = 255;
    private static final Pattern SCHEME = Pattern.compile("(?i)(?:docker|https?|oci)://(?:[^/@]*@)?(.*)");
    private static final Pattern HOST = Pattern.compile(
            "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?" + "|\\[[0-9a-fA-F:.]+\\](?::\\d{1,5})?");
    private static final Pattern PART = Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*");
    private static final Pattern TAG = Pattern.compile("(.*/[^/:@]+)(:[^/:@]+)?(@[^/@]+)?/?");
    private static final Pattern WEB_PAGE =
            Pattern.compile("(?:hub\\.docker\\.com/(?:r/|_/)|quay\\.io/repository/)(.+)");

    /** Reads a source, which names exactly one repository. */
    static ImageName source(String text) throws RefusedValueException {
        if (text.endsWith("/")) {
            throw new RefusedValueException(
                    Printable.quoted(text) + " ends with a slash; a source names one repository");
        }
        return parse(text, false);
    }

    /**
     * Reads a destination for a source, as rsync does: behind a trailing slash the source's last name is appended,
     * without one it is exactly that repository.
     *
     * @param append whether the source's last name is appended in any case, once more than the slash asks for
     */
    static ImageName destination(String text, ImageName source, boolean append) throws RefusedValueException {
        ImageName named = parse(text.endsWith("/") ? text + source.lastName() : text, true);
        return append ? parse(named + "/" + source.lastName(), true) : named;
    }

    /** The repository's last part. */
    String lastName() {
        return repository.substring(repository.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
        return host + "/" + repository;
    }

    private static ImageName parse(String text, boolean destination) throws RefusedValueException {
        String shown = Printable.quoted(text);
        Matcher scheme = SCHEME.matcher(text);
        if (scheme.matches()) {
            throw new RefusedValueException(
                    "this is an address, not HOST/REPOSITORY; write " + Printable.quoted(withoutPage(scheme.group(1))));
        }
        int slash = text.indexOf('/');
        String host = slash < 0 ? "" : text.substring(0, slash);
        if (!host.contains(".") && !host.contains(":") && !host.equals("localhost")) {
            String hub = slash < 0 ? "docker.io/library/" : "docker.io/";
            throw new RefusedValueException(shown + " has no registry host in front; for Docker Hub write "
                    + Printable.quoted(hub + text.toLowerCase(Locale.ROOT)));
        }
        if (!HOST.matcher(host).matches()) {
            throw new RefusedValueException(shown + ": " + Printable.quoted(host) + " is no registry host");
        }
        checkTag(text, destination);
        ImageName name = new ImageName(host, text.substring(slash + 1));
        checkRepository(name, shown);
        return name;
    }

    private static void checkTag(String text, boolean destination) throws RefusedValueException {
        Matcher tag = TAG.matcher(text);
        if (tag.matches() && tag.group(3) != null) {
            throw new RefusedValueException(Printable.quoted(text) + " holds a digest; a rule mirrors tags: write "
                    + Printable.quoted(tag.group(1)));
        }
        if (tag.matches() && tag.group(2) != null) {
            String word = tag.group(2).substring(1);
            throw new RefusedValueException(Printable.quoted(text) + " holds a tag; write "
                    + Printable.quoted(tag.group(1)) + (word.matches("[\\w.-]+") ? rule(word, destination) : ""));
        }
    }

    /** The keys that say what a tag in a name was meant to say. */
    private static String rule(String word, boolean destination) {
        return destination
                ? " and, to give one tag that name, \"include\": \"TAG\", \"rename\": {\"TAG\": "
                        + Printable.quoted(word) + "}"
                : " and, for that tag alone, \"include\": " + Printable.quoted(word.replace(".", "\\."));
    }

    private static void checkRepository(ImageName name, String shown) throws RefusedValueException {
        for (String part : name.repository.split("/", -1)) {
            if (PART.matcher(part).matches()) {
                continue;
            }
            String lower = part.toLowerCase(Locale.ROOT);
            throw new RefusedValueException(
                    PART.matcher(lower).matches()
                            ? shown + " has capitals; write "
                                    + Printable.quoted(name.host + "/" + name.repository.toLowerCase(Locale.ROOT))
                            : shown + ": " + Printable.quoted(part)
                                    + " cannot be a part of a repository's name; it has lower-case letters,"
                                    + " digits, and single \".\", \"_\" or \"-\" between them");
        }
        if (name.toString().length() > MOST) {
            throw new RefusedValueException(shown + " is longer than " + MOST + " characters");
        }
    }

    private static String withoutPage(String address) {
        String plain = address.split("[?#]", 2)[0];
        Matcher page = WEB_PAGE.matcher(plain);
        if (!page.matches()) {
            return plain;
        }
        String repository = page.group(1).replaceAll("/tags$|/general$", "");
        return plain.startsWith("quay")
                ? "quay.io/" + repository
                : plain.contains("/_/") ? "docker.io/library/" + repository : "docker.io/" + repository;
    }
}
