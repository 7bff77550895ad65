package io.synctools.internal.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One link of {@code Link} headers (RFC 8288).
 *
 * @param target as written, perhaps relative
 * @param relations in lower case, for example {@code next}
 */
public record LinkHeader(String target, List<String> relations) {

    public LinkHeader {
        relations = List.copyOf(relations);
    }

    /** The target of the first link whose relation is {@code next}, as written; empty where there is none. */
    public static Optional<String> next(List<String> headers) {
        return parse(headers).stream()
                .filter(link -> link.relations().contains("next"))
                .map(LinkHeader::target)
                .findFirst();
    }

    /** All links of all headers of that name, in order; what is malformed is left out. */
    public static List<LinkHeader> parse(List<String> headers) {
        List<LinkHeader> links = new ArrayList<>();
        for (String header : headers) {
            new Reader(header).readInto(links);
        }
        return links;
    }

    /** Reads one header; targets and quoted values may hold commas and semicolons, so that splitting does not do. */
    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        void readInto(List<LinkHeader> links) {
            while (true) {
                int open = text.indexOf('<', at);
                int close = open < 0 ? -1 : text.indexOf('>', open);
                if (close < 0) {
                    return;
                }
                at = close + 1;
                List<String> relations = new ArrayList<>();
                readParameters(relations);
                links.add(new LinkHeader(text.substring(open + 1, close).strip(), relations));
            }
        }

        private void readParameters(List<String> relations) {
            boolean seen = false;
            while (at < text.length() && text.charAt(at) != ',') {
                if (text.charAt(at) != ';') {
                    at++;
                    continue;
                }
                at++;
                String name = token("=;,").strip().toLowerCase(Locale.ROOT);
                String value = "";
                if (at < text.length() && text.charAt(at) == '=') {
                    at++;
                    value = value();
                }
                // RFC 8288 section 3.3: only the first rel counts.
                if (name.equals("rel") && !seen) {
                    seen = true;
                    relations.addAll(
                            List.of(value.strip().toLowerCase(Locale.ROOT).split("\\s+")));
                }
            }
        }

        private String value() {
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
            if (at == text.length() || text.charAt(at) != '"') {
                return token(";,");
            }
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at = Math.min(at + 1, text.length());
            return value.toString();
        }

        private String token(String ends) {
            int begin = at;
            while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(begin, at);
        }
    }
}
