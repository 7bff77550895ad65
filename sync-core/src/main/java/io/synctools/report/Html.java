package io.synctools.report;

import java.util.List;

/** Text on its way into a page, escaped. Not thread-safe. */
final class Html {
    private final StringBuilder page = new StringBuilder();

    /** Adds markup of ours. */
    Html raw(String markup) {
        page.append(markup);
        return this;
    }

    /** Adds text from anywhere. */
    Html text(String text) {
        page.append(escaped(text));
        return this;
    }

    /** Adds an element that holds text. */
    Html element(String name, String text) {
        return raw("<" + name + ">").text(text).raw("</" + name.split(" ", 2)[0] + ">");
    }

    /** Adds an artifact's name: what comes before organization and name is dimmed, and lines break after slashes. */
    Html name(String artifact) {
        int begin = artifact.indexOf(':') + 1;
        for (String kind : List.of("models/", "datasets/")) {
            begin += artifact.startsWith(kind, begin) ? kind.length() : 0;
        }
        return raw("<code>")
                .element("span class=dim", artifact.substring(0, begin))
                .raw("<wbr>" + escaped(artifact.substring(begin)).replace("/", "/<wbr>"))
                .raw("</code>");
    }

    static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> {
                    if (c == '\n' || c == '\t' || !Character.isISOControl(c)) {
                        safe.appendCodePoint(c);
                    }
                }
            }
        });
        return safe.toString();
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
