package io.synctools.faults;

import static io.synctools.faults.FaultCase.fatal;
import static io.synctools.faults.FaultCase.survived;
import static io.synctools.model.FailureKind.ACCESS;
import static io.synctools.model.FailureKind.CHECKSUM;
import static io.synctools.model.FailureKind.INCOMPATIBLE;
import static io.synctools.model.FailureKind.NOT_FOUND;
import static io.synctools.model.FailureKind.RATE_LIMITED;
import static io.synctools.model.FailureKind.TIMEOUT;
import static io.synctools.model.FailureKind.UNAVAILABLE;
import static io.synctools.model.FailureKind.UNSAFE_NAME;
import static io.synctools.testing.Fault.afterBytes;
import static io.synctools.testing.Fault.all;
import static io.synctools.testing.Fault.beforeHeaders;
import static io.synctools.testing.Fault.content;
import static io.synctools.testing.Fault.cutTo;
import static io.synctools.testing.Fault.framed;
import static io.synctools.testing.Fault.status;
import static io.synctools.testing.FaultHub.always;
import static io.synctools.testing.FaultHub.first;

import io.synctools.faults.FaultCase.Scene;
import io.synctools.testing.Fault;
import io.synctools.testing.FaultHub;
import io.synctools.testing.HubRepo;
import io.synctools.testing.PendingResponse.End;
import io.synctools.testing.PendingResponse.Framing;
import io.synctools.testing.ReceivedRequest;
import io.synctools.testing.ReceivedRequest.Kind;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** What goes wrong between a hub and a mirror: rows 16 to 29 of the list of faults. */
final class TransferFaults {
    private static final ZonedDateTime ELSEWHERE = ZonedDateTime.of(2031, 5, 4, 3, 2, 1, 0, ZoneOffset.UTC);

    private final List<FaultCase> cases = new ArrayList<>();

    private TransferFaults() {}

    static List<FaultCase> cases() {
        TransferFaults table = new TransferFaults();
        table.overload();
        table.connections();
        table.ranges();
        table.bytes();
        table.refusals();
        table.changes();
        table.listings();
        table.names();
        return List.copyOf(table.cases);
    }

    private static BiConsumer<FaultHub, Scene> onBytes(IntPredicate when, Fault fault) {
        return (hub, scene) -> hub.inject(FaultHub.bytesOf(scene.victim().path), when, fault);
    }

    private static BiConsumer<FaultHub, Scene> on(Kind kind, IntPredicate when, Fault fault) {
        return (hub, scene) -> hub.inject(FaultHub.of(kind), when, fault);
    }

    private void overload() {
        Map<String, Fault> hints = Map.of(
                "seconds", status(429, "Retry-After", "1"),
                "date",
                        status(
                                429,
                                "Date",
                                DateTimeFormatter.RFC_1123_DATE_TIME.format(ELSEWHERE),
                                "Retry-After",
                                DateTimeFormatter.RFC_1123_DATE_TIME.format(ELSEWHERE.plusSeconds(1))),
                "RateLimit", status(429, "RateLimit", "\"api\";r=0;t=1"),
                "no hint", status(429),
                "an absurd one", status(429, "Retry-After", "86400"));
        hints.forEach((hint, fault) -> cases.add(survived("429 once with " + hint, onBytes(first(1), fault))));
        for (int code : new int[] {408, 418, 500, 502, 503, 504}) {
            cases.add(survived(code + " twice", onBytes(first(2), status(code))));
        }
        cases.add(survived("503 with a pause", onBytes(first(1), status(503, "Retry-After", "1"))));
        cases.add(fatal("503 for ever", onBytes(always(), status(503)), UNAVAILABLE));
        // Rate limits are waited out longest, so two routes do.
        cases.add(fatal("429 for ever", onBytes(always(), status(429, "Retry-After", "1")), RATE_LIMITED)
                .where((route, victim) -> route.ordinal() % 3 == 0));
    }

    private void connections() {
        for (End end : new End[] {End.CLOSE, End.RESET}) {
            cases.add(survived(end + " before headers twice", onBytes(first(2), beforeHeaders(end))));
            cases.add(fatal(end + " before headers for ever", onBytes(always(), beforeHeaders(end)), UNAVAILABLE));
            cases.add(survived(end + " in the body once", onBytes(first(1), afterBytes(30_000, end))));
            cases.add(survived(end + " every few bytes", onBytes(always(), afterBytes(20_000, end))));
            cases.add(fatal(
                    end + " before the first byte, for ever", onBytes(always(), afterBytes(0, end)), UNAVAILABLE));
        }
        cases.add(survived("silence before headers once", onBytes(first(1), beforeHeaders(End.SILENCE))));
        cases.add(survived("silence in the body once", onBytes(first(1), afterBytes(30_000, End.SILENCE))));
        cases.add(survived("dripping once", onBytes(first(1), Fault.drip())));
        cases.add(fatal("silence before headers for ever", onBytes(always(), beforeHeaders(End.SILENCE)), TIMEOUT)
                .where((route, victim) -> !route.isDataset()));
        cases.add(fatal("silence every few bytes", onBytes(always(), afterBytes(2_000, End.SILENCE)), TIMEOUT)
                .where((route, victim) -> !route.isDataset()));
        cases.add(fatal("dripping for ever", onBytes(always(), Fault.drip()), TIMEOUT)
                .where((route, victim) -> !route.isDataset()));
        cases.add(survived("chunks", onBytes(always(), framed(Framing.CHUNKS))));
        cases.add(survived("no framing", onBytes(always(), framed(Framing.CLOSE))));
        cases.add(survived(
                "no framing, cut once", onBytes(first(1), all(framed(Framing.CLOSE), afterBytes(30_000, End.CLOSE)))));
        cases.add(survived(
                "chunks, cut once", onBytes(first(1), all(framed(Framing.CHUNKS), afterBytes(30_000, End.CLOSE)))));
    }

    private void ranges() {
        BiConsumer<FaultHub, Scene> none = onBytes(always(), Fault.ignoredRange());
        cases.add(ranged(survived("ranges ignored", none)));
        cases.add(ranged(survived("a range ignored once", onBytes(first(1), Fault.ignoredRange()))));
        cases.add(ranged(survived(
                "ranges ignored without a length",
                onBytes(always(), all(Fault.ignoredRange(), framed(Framing.CHUNKS))))));
        cases.add(ranged(survived("another range once", onBytes(first(1), Fault.shiftedRange(-1)))));
        cases.add(ranged(fatal("another range for ever", onBytes(always(), Fault.shiftedRange(1)), CHECKSUM)));
        cases.add(ranged(survived("another total once", onBytes(first(1), Fault.wrongTotal(400_000)))));
        cases.add(ranged(fatal("another total for ever", onBytes(always(), Fault.wrongTotal(400_000)), CHECKSUM)));
        cases.add(ranged(survived("a part dressed as 200", onBytes(always(), Fault.partialAs200()))));
        cases.add(ranged(survived("a part without framing", onBytes(always(), framed(Framing.CLOSE)))));
        cases.add(ranged(survived("a compressed part once", onBytes(first(1), Fault.gzip()))));
        cases.add(ranged(fatal("compressed parts for ever", onBytes(always(), Fault.gzip()), CHECKSUM)));
        cases.add(ranged(survived(
                "compressed whole files instead of parts",
                onBytes(always(), all(Fault.ignoredRange(), Fault.gzip())))));
        cases.add(ranged(survived("416 once", onBytes(first(1), status(416, "Content-Range", "bytes */300000")))));
        cases.add(ranged(
                fatal("416 for ever", onBytes(always(), status(416, "Content-Range", "bytes */300000")), CHECKSUM)));
    }

    private static FaultCase ranged(FaultCase fault) {
        return fault.where((route, victim) -> victim.isRanged());
    }

    private void bytes() {
        cases.add(survived("compressed once", onBytes(first(1), Fault.gzip())));
        cases.add(survived("compressed for ever", onBytes(always(), Fault.gzip()))
                .where((route, victim) -> !victim.isRanged()));
        Map<String, BiConsumer<FaultHub, Scene>> once = Map.of(
                "one wrong byte", onBytes(first(1), Fault.wrongByte(1234)),
                "an empty body", onBytes(first(1), cutTo(0)),
                "a body cut short with a length that fits", onBytes(first(1), cutTo(1000)),
                "a body with more at its end", onBytes(first(1), Fault.grown(10)),
                "a page for people", onBytes(first(1), Fault.html()),
                "an LFS pointer",
                        (hub, scene) -> hub.inject(FaultHub.bytesOf(scene.victim().path), first(1), pointer(scene)));
        once.forEach((name, strike) -> cases.add(survived(name + " once", strike)));
        Map<String, BiConsumer<FaultHub, Scene>> ever = Map.of(
                "one wrong byte", onBytes(always(), Fault.wrongByte(1234)),
                "an empty body", onBytes(always(), cutTo(0)),
                "a body cut short with a length that fits", onBytes(always(), cutTo(1000)),
                "a body with more at its end", onBytes(always(), Fault.grown(10)),
                "a page for people", onBytes(always(), Fault.html()),
                "an LFS pointer",
                        (hub, scene) -> hub.inject(FaultHub.bytesOf(scene.victim().path), always(), pointer(scene)));
        ever.forEach((name, strike) -> cases.add(fatal(name + " for ever", strike, CHECKSUM)));
    }

    private static Fault pointer(Scene scene) {
        String text = "version https://git-lfs.github.com/spec/v1\noid sha256:"
                + scene.repo().files().get(scene.victim().path).sha256() + "\nsize "
                + scene.victim().size() + "\n";
        return content(right -> text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private void refusals() {
        cases.add(survived("addresses that serve once", (hub, scene) -> hub.usesPerAddress(1))
                .where((route, victim) -> victim.lfs));
        cases.add(survived("an address that had expired already", onBytes(first(1), status(403)))
                .where((route, victim) -> victim.lfs));
        cases.add(fatal("addresses that never serve", onBytes(always(), status(403)), UNAVAILABLE)
                .where((route, victim) -> victim.lfs));
        cases.add(
                fatal("401 for a file", onBytes(always(), status(401)), ACCESS).where((route, victim) -> !victim.lfs));
        cases.add(
                fatal("403 for a file", onBytes(always(), status(403)), ACCESS).where((route, victim) -> !victim.lfs));
        cases.add(fatal("404 for a file", onBytes(always(), status(404)), NOT_FOUND)
                .where((route, victim) -> !victim.lfs));
        cases.add(survived("redirects in a circle once", (hub, scene) -> circle(hub, scene, first(11)))
                .where((route, victim) -> victim == Victim.SMALL));
        cases.add(fatal("redirects in a circle for ever", (hub, scene) -> circle(hub, scene, always()), UNAVAILABLE)
                .where((route, victim) -> victim == Victim.SMALL));
        cases.add(survived("a redirect to nowhere once", onBytes(first(1), status(302, "Location", "ftp://x/")))
                .where((route, victim) -> victim == Victim.SMALL));
        cases.add(survived(
                        "redirects to another origin",
                        (hub, scene) -> hub.inject(
                                FaultHub.of(Kind.REDIRECT), always(), (request, answer) -> answer.status = 307))
                .where((route, victim) -> victim.lfs));
    }

    private static void circle(FaultHub hub, Scene scene, IntPredicate when) {
        hub.inject(FaultHub.bytesOf(scene.victim().path), when, (request, answer) -> {
            status(302, "Location", request.url().toString()).spoil(request, answer);
        });
    }

    private void changes() {
        cases.add(fatal("the file became shorter", serving(50), CHECKSUM));
        cases.add(fatal("the file became longer", serving(310_000), CHECKSUM));
        cases.add(fatal(
                "the file became another one of the same size",
                (hub, scene) -> hub.put(scene.repo()
                        .serving(scene.victim().path, new byte[scene.victim().size()])),
                CHECKSUM));
        cases.add(survived("the hub moves on while files are fetched", TransferFaults::moveOn));
    }

    private static BiConsumer<FaultHub, Scene> serving(int size) {
        return (hub, scene) -> hub.put(scene.repo().serving(scene.victim().path, new byte[size]));
    }

    /** The first listing is the last that knows the old content. */
    private static void moveOn(FaultHub hub, Scene scene) {
        HubRepo next = scene.victim().repository(scene.route().repository(), 2);
        hub.inject(FaultHub.of(Kind.LISTING), first(1), (request, answer) -> hub.put(next));
    }

    private void listings() {
        List<FaultCase> listed = new ArrayList<>();
        listed.add(survived("listing: 503 twice", on(Kind.LISTING, first(2), status(503))));
        listed.add(survived("listing: 429 with a pause", on(Kind.LISTING, first(1), status(429, "Retry-After", "1"))));
        listed.add(fatal("listing: 503 for ever", on(Kind.LISTING, always(), status(503)), UNAVAILABLE));
        listed.add(survived("listing: cut once", on(Kind.LISTING, first(1), cutTo(60))));
        listed.add(fatal("listing: cut for ever", on(Kind.LISTING, always(), cutTo(60)), UNAVAILABLE));
        listed.add(survived("listing: a page for people once", on(Kind.LISTING, first(1), Fault.html())));
        listed.add(fatal("listing: a page for people for ever", on(Kind.LISTING, always(), Fault.html()), UNAVAILABLE));
        listed.add(survived("listing: reset in the middle", on(Kind.LISTING, first(1), afterBytes(60, End.RESET))));
        listed.add(survived("listing: silence once", on(Kind.LISTING, first(1), afterBytes(60, End.SILENCE))));
        listed.add(survived("listing: compressed", on(Kind.LISTING, always(), Fault.gzip())));
        listed.add(survived("listing: no framing", on(Kind.LISTING, always(), framed(Framing.CLOSE))));
        listed.add(fatal(
                "listing: no framing, cut for ever",
                on(Kind.LISTING, always(), all(framed(Framing.CLOSE), cutTo(60))),
                UNAVAILABLE));
        listed.add(fatal("listing: 401", on(Kind.LISTING, always(), status(401)), ACCESS));
        listed.add(fatal("listing: 404", on(Kind.LISTING, always(), status(404)), NOT_FOUND));
        listed.add(survived("about: 502 twice", on(Kind.ABOUT, first(2), status(502))));
        listed.add(survived("about: reset once", on(Kind.ABOUT, first(1), beforeHeaders(End.RESET))));
        listed.add(fatal("about: 503 for ever", on(Kind.ABOUT, always(), status(503)), UNAVAILABLE)
                .where((route, victim) -> !route.isModelScope() || route.isDataset()));
        listed.add(fatal("about: a page for people", on(Kind.ABOUT, always(), Fault.html()), UNAVAILABLE, INCOMPATIBLE)
                .where((route, victim) -> !route.isModelScope() || route.isDataset()));
        listed.add(paged(survived("page two: 503 twice", onPageTwo(first(2), status(503)))));
        listed.add(paged(fatal("page two: 503 for ever", onPageTwo(always(), status(503)), UNAVAILABLE)));
        listed.add(paged(survived("page two: cut once", onPageTwo(first(1), cutTo(30)))));
        listed.add(paged(fatal("page two: cut for ever", onPageTwo(always(), cutTo(30)), UNAVAILABLE)));
        listed.add(paged(fatal(
                "the next page is at another host",
                (hub, scene) -> {
                    hub.pageSize(2);
                    hub.inject(
                            FaultHub.of(Kind.LISTING),
                            first(1),
                            (request, answer) ->
                                    answer.headers.set("Link", "<" + hub.storageUrl() + "/api/next>; rel=\"next\""));
                },
                INCOMPATIBLE)));
        listed.forEach(one -> cases.add(one.where((route, victim) -> victim == Victim.SMALL)));
    }

    private static FaultCase paged(FaultCase fault) {
        return fault.where((route, victim) -> !route.isModelScope());
    }

    private static BiConsumer<FaultHub, Scene> onPageTwo(IntPredicate when, Fault fault) {
        Predicate<ReceivedRequest> second = request -> request.url().queryParameter("cursor") != null;
        return (hub, scene) -> {
            hub.pageSize(2);
            hub.inject(FaultHub.of(Kind.LISTING).and(second), when, fault);
        };
    }

    private void names() {
        List<String> bad = List.of(
                "../x", "/etc/x", "a/../../b", "a//b", "./x", "C:\\x", "nul\0byte", "n".repeat(300), "a\\..\\..\\b");
        for (String name : bad) {
            cases.add(hostile("name " + name.replaceAll("\\p{Cntrl}", "?"), name));
        }
        // A page of a dataset that names a path twice is taken for a listing that changed meanwhile.
        cases.add(
                hostile("a file that is also a folder", "link", "link/x").where((route, victim) -> !route.isDataset()));
        cases.add(hostile("names that differ by case only", "Twin.txt", "twin.TXT"));
        cases.add(hostile("git's own folder", ".git/config").where((route, victim) -> route.isLocalDir()));
        cases.add(hostile("our own state", ".cache/sync-tools/x").where((route, victim) -> route.isLocalDir()));
        cases.add(hostile("the client's index", ".msc")
                .where((route, victim) -> route.isModelScope() && !route.isLocalDir()));
    }

    private static FaultCase hostile(String what, String... names) {
        return fatal(
                        "hostile: " + (what.length() > 40 ? what.substring(0, 40) : what),
                        (hub, scene) -> {
                            HubRepo repo = scene.repo();
                            for (String name : names) {
                                repo = repo.with(name, "evil");
                            }
                            hub.put(repo);
                        },
                        UNSAFE_NAME)
                .where((route, victim) -> victim == Victim.SMALL);
    }
}
