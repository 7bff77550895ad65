package io.synctools.examples;

import io.synctools.PlanPrinter;
import io.synctools.file.Proof;
import io.synctools.file.Unfinished;
import io.synctools.internal.text.Printable;
import io.synctools.internal.text.Span;
import io.synctools.mirror.Inventory;
import io.synctools.mirror.MirrorStatus;
import io.synctools.mirror.Published;
import io.synctools.mirror.RemoteMirrors;
import io.synctools.mirror.RemoteRevision;
import io.synctools.mirror.RemoteStatus;
import io.synctools.mirror.RepositoryStatus;
import io.synctools.mirror.Revision;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says who works on what, what is half-fetched, what was published when, and how much room it takes. */
@Command
final class StatusTool implements LibraryOptions.Taker {
    private final Shell shell;

    private final LibraryOptions library;
    private final Roots roots;

    @Mixin
    private final TargetOption to = new TargetOption();

    @Option(names = "--json", description = "print JSON, for programs")
    private boolean json;

    StatusTool(Shell shell) {
        this.shell = shell;
        this.library = Roots.options(shell);
        this.roots = new Roots(library);
    }

    @Override
    public LibraryOptions library() {
        return library;
    }

    int run(List<String> arguments) throws IOException, InterruptedException {
        Parsing parsing = new Parsing("status", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        to.check(library);
        if (to.given()) {
            return remote();
        }
        List<Inventory> meant = Inventories.meant(roots, Inventories.all(roots, roots.context()));
        MirrorStatus status = MirrorStatus.of(meant, Instant.now());
        if (json) {
            status.writeJson(shell.out());
            shell.out().flush();
            return 0;
        }
        status.items().forEach(item -> show(item, status.taken()));
        shell.out()
                .println(status.items().size() + (status.items().size() == 1 ? " item, " : " items, ")
                        + status.held() + " held, " + PlanPrinter.size(status.bytes()) + " in " + status.files()
                        + " files below "
                        + status.roots().values().stream().map(Object::toString).collect(Collectors.joining(", ")));
        return 0;
    }

    private int remote() throws IOException, InterruptedException {
        RemoteStatus status =
                RemoteStatus.of(RemoteMirrors.of(to.place().orElseThrow(), roots.context()), Instant.now());
        if (json) {
            status.writeJson(shell.out());
            shell.out().flush();
            return 0;
        }
        for (RemoteRevision revision : status.revisions()) {
            shell.out()
                    .println(Printable.name(revision.to()) + " "
                            + (revision.names().isEmpty()
                                    ? "(nothing names it)"
                                    : String.join(", ", new TreeSet<>(revision.names()))));
            shell.out()
                    .println("  "
                            + revision.proof()
                                    .map(proof -> text(revision.id(), proof))
                                    .orElse("not ours: " + revision.id()));
        }
        shell.out()
                .println(status.items() + (status.items() == 1 ? " item, " : " items, ")
                        + status.revisions().size() + " revisions, " + PlanPrinter.size(status.bytes()) + " below "
                        + status.address());
        return 0;
    }

    private void show(RepositoryStatus item, Instant now) {
        shell.out()
                .println(Printable.name(item.to()) + "  " + PlanPrinter.size(item.bytes()) + " in " + item.files()
                        + " files"
                        + (item.shared() == 0
                                ? ""
                                : ", and " + PlanPrinter.size(item.shared()) + " in the cache's shared store"));
        for (Revision revision : item.revisions()) {
            if (revision.published().isEmpty()) {
                shell.out().println("  not ours" + (revision.id().isEmpty() ? "" : ": " + revision.id()));
            }
            for (Published one : revision.published()) {
                shell.out().println("  " + text(revision, one));
            }
        }
        item.held().ifPresent(held -> shell.out().println("  held by " + text(held, now)));
        if (!item.unfinished().isEmpty()) {
            shell.out().println("  not published yet: " + text(item.unfinished()));
        }
    }

    private static String text(Revision revision, Published one) {
        return text(revision.id(), one.proof()) + (revision.names().isEmpty() ? ", nothing names it" : "");
    }

    private static String text(String id, Proof proof) {
        return "published " + proof.published() + " by " + proof.tool() + ": "
                + Printable.name(proof.from()) + "@"
                + Printable.name(proof.revision()) + " = "
                + id + ", " + proof.files() + " files, "
                + PlanPrinter.size(proof.bytes())
                + (proof.filter().isEmpty() ? "" : ", only " + Printable.name(proof.filter()))
                + (proof.list().isEmpty()
                        ? ""
                        : ", declared by " + Printable.name(proof.list()) + " (" + Printable.name(proof.flow()) + ")");
    }

    private static String text(RepositoryStatus.Held held, Instant now) {
        Duration silent = Duration.between(held.lastSign(), now);
        return held.holder().describe() + "; "
                + held.life().name().toLowerCase(Locale.ROOT) + ", last sign of life "
                + (silent.isNegative() ? "just now" : Span.text(silent) + " ago");
    }

    private static String text(Unfinished unfinished) {
        String parts = unfinished.partials().stream()
                .map(part -> ", " + Printable.name(part.path().isEmpty() ? part.content() : part.path()) + " up to "
                        + PlanPrinter.size(part.bytes()))
                .collect(Collectors.joining());
        return unfinished.files() + " whole files, " + PlanPrinter.size(unfinished.bytes()) + parts;
    }
}
