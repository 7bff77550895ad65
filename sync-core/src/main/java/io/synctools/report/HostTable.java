package io.synctools.report;

import io.synctools.PlanPrinter;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.model.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Who served the bytes, how fast, and what each host said of its limits. */
final class HostTable {
    private static final Duration SHOWN = Duration.ofDays(7);

    private final History history;
    private final Instant now;
    private final Html html;

    /** What runs say of one host. */
    private static final class Host {
        private long bytes;
        private long requests;
        private long refused;
        private long best;
        private Optional<String> rate = Optional.empty();
        private Optional<String> limit = Optional.empty();
    }

    HostTable(History history, Instant now, Html html) {
        this.history = history;
        this.now = now;
        this.html = html;
    }

    void write() {
        SortedMap<String, Host> hosts = new TreeMap<>();
        history.runs().stream()
                .filter(run -> run.finished().isAfter(now.minus(SHOWN)))
                .forEach(run -> add(hosts, run));
        if (hosts.isEmpty()) {
            return;
        }
        long most = hosts.values().stream().mapToLong(host -> host.bytes).max().orElse(0);
        html.raw("<h2>Hosts <small>").text("last " + Amount.span(SHOWN)).raw("</small></h2>\n<div class=\"card\">");
        html.raw("<table class=\"stack hosts\"><thead><tr><th>host</th><th class=\"n\">received</th>")
                .raw("<th class=\"n\">newest rate</th><th class=\"n\">best rate</th><th class=\"n\">requests</th>")
                .raw("<th>limits</th></tr></thead><tbody>\n");
        hosts.forEach((name, host) -> row(name, host, most));
        html.raw("</tbody></table></div>\n");
    }

    private static void add(SortedMap<String, Host> hosts, SyncReport run) {
        SortedMap<String, Long> received = new TreeMap<>();
        for (Item item : run.items()) {
            if (item.host().isEmpty()) {
                continue;
            }
            Host host = hosts.computeIfAbsent(item.host(), name -> new Host());
            long bytes = item.bytes().map(SyncReport.Bytes::transferred).orElse(0L);
            host.bytes += bytes;
            host.requests += item.requests();
            host.refused += item.failures().stream()
                    .map(Failure::kind)
                    .filter(FailureKind.RATE_LIMITED::equals)
                    .count();
            received.merge(item.host(), bytes, Long::sum);
            item.notes().stream()
                    .filter(note -> note.startsWith(item.host() + ": ") && note.contains(" pulls left"))
                    .forEach(note ->
                            host.limit = Optional.of(note.substring(item.host().length() + 2)));
        }
        received.forEach((name, bytes) -> {
            if (bytes > 0) {
                Host host = hosts.computeIfAbsent(name, key -> new Host());
                host.best = Math.max(host.best, Amount.rateOf(bytes, run));
                host.rate = Optional.of(Amount.rate(bytes, run));
            }
        });
    }

    private void row(String name, Host host, long most) {
        html.raw("<tr><td>").element("code", name);
        if (host.bytes > 0) {
            html.raw("<svg class=\"share\" viewBox=\"0 0 1000 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
                    .raw("<rect width=\"" + Math.max(4, host.bytes * 1000 / most)
                            + "\" height=\"1\" fill=\"var(--bar)\"/></svg>");
        }
        html.raw("</td><td class=\"n\" data-is=\"received\">")
                .text(host.bytes == 0 ? "" : PlanPrinter.size(host.bytes));
        html.raw("</td><td class=\"n\" data-is=\"newest rate\">").text(host.rate.orElse(""));
        html.raw("</td><td class=\"n\" data-is=\"best rate\">")
                .text(host.best == 0 ? "" : PlanPrinter.size(host.best) + "/s");
        html.raw("</td><td class=\"n\" data-is=\"requests\">").text(Amount.number(host.requests));
        html.raw("</td><td data-is=\"limits\">").text(host.limit.orElse(""));
        if (host.refused > 0) {
            html.raw(host.limit.isPresent() ? "<br>" : "")
                    .element("span class=\"bad\"", "refused for its rate limit " + Amount.count(host.refused, "time"));
        }
        html.raw("</td></tr>\n");
    }
}
