package io.synctools.config;

import io.synctools.internal.text.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code organization/name} of a repository, or {@code name} alone of one that Hugging Face has without organization, and what may stand in it (docs/protocols/huggingface.md section 2). What may not
 * is refused with the form that was meant, where that can be seen.
 */
record RepositoryName(String organization, String name) {
    private static final int MOST = 96;
    private static final Pattern ADDRESS = Pattern.compile("(?:(?i:https?|ssh|git|hf|modelscope)://)(?:[^/@]*@)?(.*)");
    private static final Pattern KNOWN_HOST = Pattern.compile(
            "(?i)(?:[a-z0-9-]+\\.)*(?:huggingface\\.co|hf\\.co|hf-mirror\\.com|modelscope\\.(?:cn|ai))(?::\\d+)?");
    private static final Set<String> KINDS = Set.of("models", "datasets");

    /** Reads {@code organization/name} as one text. */
    static RepositoryName parse(String text, boolean huggingFace) throws RefusedValueException {
        if (looksLikeAddress(text)) {
            throw new RefusedValueException(
                    addressMessage(text, huggingFace, "write the name alone, organization/name"));
        }
        List<String> parts = Arrays.asList(text.split("/", -1));
        if (parts.size() == 1 && huggingFace && !text.isEmpty()) {
            return of("", text, true);
        }
        if (parts.size() == 1) {
            throw new RefusedValueException(Printable.quoted(text) + " lacks its "
                    + (text.isEmpty() ? "name" : "organization") + "; write organization/name");
        }
        if (parts.size() == 2 && parts.get(0).isEmpty()) {
            throw new RefusedValueException("the organization is empty; write organization/name"
                    + (huggingFace ? ", or the name alone where it has none" : ""));
        }
        if (parts.size() == 2) {
            return of(parts.get(0), parts.get(1), huggingFace);
        }
        RepositoryName meant = parts.size() == 3 && parts.get(0).equalsIgnoreCase(parts.get(1))
                ? new RepositoryName(parts.get(1), parts.get(2))
                : new RepositoryName("", "");
        throw new RefusedValueException(
                meant.valid(huggingFace)
                        ? Printable.quoted(text) + " repeats the organization; write \"" + meant + "\""
                        : Printable.quoted(text) + " has " + (parts.size() - 1) + " slashes; write organization/name");
    }

    /** Takes both parts, each checked. */
    static RepositoryName of(String organization, String name, boolean huggingFace) throws RefusedValueException {
        checkOrganization(organization, huggingFace);
        checkPart("name", name, huggingFace);
        return new RepositoryName(organization, name);
    }

    /** The name that a pasted address, or a path with too many or too few parts, was meant to be. */
    static Optional<RepositoryName> meant(String organization, String name, boolean huggingFace) {
        RepositoryName meant = looksLikeAddress(name)
                ? inAddress(name)
                : looksLikeAddress(organization) ? inAddress(organization) : inParts(organization, name);
        return meant.valid(huggingFace) ? Optional.of(meant) : Optional.empty();
    }

    static boolean looksLikeAddress(String text) {
        int slash = text.indexOf('/');
        return ADDRESS.matcher(text).matches()
                || (slash > 0 && KNOWN_HOST.matcher(text.substring(0, slash)).matches());
    }

    /** Refuses what may not stand before the slash; of Hugging Face's repositories some have nothing there. */
    static void checkOrganization(String organization, boolean huggingFace) throws RefusedValueException {
        if (!huggingFace || !organization.isEmpty()) {
            checkPart("organization", organization, huggingFace);
        }
    }

    /** Refuses what may not stand in one part of a name. */
    static void checkPart(String what, String part, boolean huggingFace) throws RefusedValueException {
        if (part.isEmpty()) {
            throw new RefusedValueException("the " + what + " is empty; write organization/name");
        }
        String stripped = part.strip();
        if (!stripped.equals(part) && !stripped.isEmpty()) {
            throw new RefusedValueException(
                    "blanks around " + Printable.quoted(part) + "; write " + Printable.quoted(stripped));
        }
        for (int i = 0; i < part.length(); i = part.offsetByCodePoints(i, 1)) {
            int c = part.codePointAt(i);
            if (!word(c) && c != '.' && c != '-') {
                throw new RefusedValueException(Printable.quoted(part) + " holds " + Printable.character(c)
                        + "; a name has letters, digits, \".\", \"_\" and \"-\" only");
            }
        }
        char last = part.charAt(part.length() - 1);
        String shown = Printable.quoted(part);
        if (!word(part.charAt(0))) {
            throw new RefusedValueException(
                    shown + " begins with \"" + part.charAt(0) + "\"; a name begins with a letter, a digit or \"_\"");
        }
        if (last == '.' || (huggingFace && !word(last))) {
            throw new RefusedValueException(
                    shown + " ends with \"" + last + "\"; a name ends with a letter, a digit or \"_\"");
        }
        if (part.contains("..") || (huggingFace && part.contains("--"))) {
            throw new RefusedValueException(shown + " holds two " + (part.contains("..") ? "dots" : "hyphens")
                    + " in a row; no repository is called so");
        }
        if (part.length() > MOST) {
            throw new RefusedValueException(shown + " is longer than " + MOST + " characters");
        }
        if (huggingFace && part.endsWith(".git")) {
            throw new RefusedValueException(
                    shown + " ends with \".git\"; write " + Printable.quoted(part.substring(0, part.length() - 4)));
        }
    }

    @Override
    public String toString() {
        return organization.isEmpty() ? name : organization + "/" + name;
    }

    static String addressMessage(String text, boolean huggingFace, String otherwise) {
        RepositoryName meant = inAddress(text);
        return "this is an address, not a name; " + (meant.valid(huggingFace) ? "write \"" + meant + "\"" : otherwise);
    }

    private boolean valid(boolean huggingFace) {
        try {
            checkOrganization(organization, huggingFace);
            checkPart("name", name, huggingFace);
            return true;
        } catch (RefusedValueException e) {
            return false;
        }
    }

    private static RepositoryName inParts(String organization, String name) {
        List<String> path = Arrays.asList(name.split("/", -1));
        if (path.size() == 2) {
            return new RepositoryName(
                    path.get(0).equalsIgnoreCase(organization) ? organization : path.get(0), path.get(1));
        }
        List<String> owner = Arrays.asList(organization.split("/", -1));
        return owner.size() == 2 && owner.get(1).equals(name)
                ? new RepositoryName(owner.get(0), name)
                : new RepositoryName("", "");
    }

    /** {@code https://host[/models|/datasets]/organization/name[.git][/…][?…]}. */
    private static RepositoryName inAddress(String text) {
        Matcher address = ADDRESS.matcher(text);
        String rest = (address.matches() ? address.group(1) : text).split("[?#]", 2)[0];
        List<String> path = Arrays.asList(rest.split("/", -1));
        int at = !path.isEmpty() && path.get(0).contains(".") ? 1 : 0;
        if (at < path.size() && KINDS.contains(path.get(at))) {
            at++;
        }
        return at + 1 < path.size()
                ? new RepositoryName(path.get(at), path.get(at + 1).replaceFirst("\\.git$", ""))
                : new RepositoryName("", "");
    }

    private static boolean word(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
}
