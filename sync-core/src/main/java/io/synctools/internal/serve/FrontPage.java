package io.synctools.internal.serve;

import io.synctools.PlanPrinter;
import io.synctools.serve.HubResponse;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;

/** The page that tells people what is there. */
final class FrontPage {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Mirror</title><style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2em; color: #222 }
            table { border-collapse: collapse } th, td { padding: .3em 1em .3em 0; text-align: left; vertical-align: top }
            th { border-bottom: 2px solid #999 } td { border-bottom: 1px solid #ddd } .n { text-align: right }
            code { font-size: 90% }
            </style></head><body><h1>What is mirrored here</h1>
            """;

    private FrontPage() {}

    static HubResponse of(PublishedShelf.All all) {
        StringBuilder page = new StringBuilder(HEAD);
        if (all.silentRoots() > 0) {
            page.append("<p><b>Not all can be read just now</b>: ")
                    .append(all.silentRoots())
                    .append(" of the roots do not answer. The log of this mirror says which.</p>");
        }
        if (all.repositories().isEmpty()) {
            page.append("<p>Nothing yet: what a flow publishes below the roots appears here.</p>");
        } else {
            page.append("<table><tr><th>repository<th>revision<th>commit<th class=n>files<th class=n>size<th>proven"
                    + "<th>last asked for</tr>\n");
            all.repositories().forEach(each -> rows(page, each));
            page.append("</table>");
        }
        page.append("</body></html>\n");
        return HubResponse.of(200, "text/html; charset=utf-8", page.toString().getBytes(StandardCharsets.UTF_8))
                .with("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .with("X-Content-Type-Options", "nosniff");
    }

    private static void rows(StringBuilder page, PublishedShelf.Listed each) {
        String name = each.scheme() + ":" + each.name();
        for (PublishedRepository.Line line : each.snapshots()) {
            page.append("<tr><td>").append(escaped(name)).append("<td>").append(escaped(line.revisions()));
            if (!line.filter().isEmpty()) {
                page.append("<br>only <code>").append(escaped(line.filter())).append("</code>");
            }
            page.append("<td><code>")
                    .append(escaped(line.commit().substring(0, 12)))
                    .append("</code><td class=n>")
                    .append(line.files())
                    .append("<td class=n>")
                    .append(PlanPrinter.size(line.bytes()))
                    .append("<td>")
                    .append(line.published().truncatedTo(ChronoUnit.SECONDS))
                    .append("<td>")
                    .append(each.asked()
                            .map(at -> at.truncatedTo(ChronoUnit.SECONDS).toString())
                            .orElse("never"))
                    .append("</tr>\n");
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
