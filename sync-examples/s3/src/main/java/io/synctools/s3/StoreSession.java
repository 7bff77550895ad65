package io.synctools.s3;

import io.synctools.file.ContentKey;
import io.synctools.internal.digest.Hasher;
import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.retry.Retrier;
import io.synctools.internal.retry.TimeSource;
import io.synctools.internal.text.Printable;
import io.synctools.internal.threads.Threads;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.HeldByAnotherException;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.model.Version;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.RunContext;
import io.synctools.spi.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One comparison with what is in the store. Files go to their places as they come, since no reader follows a ref there
 * before all have come; what another revision here holds already is copied inside the store when it is published.
 */
final class StoreSession implements Session {
    private static final long LARGEST = 5L << 40;
    private static final int COPIES_AT_A_TIME = 8;

    private final StoreReplica replica;
    private final StoreApi api;
    private final StorePlace place;
    private final ArtifactRef pinned;
    private final String folder;
    private final StoreListing standing;
    private final Optional<StoreLease> lease;
    private final boolean verify;

    /** What the listing says of this revision's objects, by path. */
    private final Map<String, StoreApi.Listed> listed;

    private final Map<String, StoreProof.File> proven = new HashMap<>();
    private final Map<Checksum, Elsewhere> elsewhere = new HashMap<>();
    private final Map<String, ObjectFacts> there = new ConcurrentHashMap<>();
    private final Map<String, Elsewhere> copies = new ConcurrentHashMap<>();
    private final Map<String, PartsUpload> uploads = new ConcurrentHashMap<>();
    /** What stands for the content of files of which the hub tells no checksum. */
    private final Map<String, Checksum> keys = new ConcurrentHashMap<>();

    private final AtomicBoolean news = new AtomicBoolean();

    /** The same content under another key. */
    private record Elsewhere(String key, ObjectFacts facts) {}

    /** The bytes are not the declared ones; the same try will not mend that, a clean one may. */
    static final class WrongBytesException extends SyncException {
        private static final long serialVersionUID = 1L;

        WrongBytesException(Entry entry) {
            super(FailureKind.CHECKSUM, Printable.name(entry.path()) + ": other bytes than were declared");
        }
    }

    private StoreSession(
            StoreReplica replica,
            ArtifactRef pinned,
            StoreListing standing,
            Optional<StoreLease> lease,
            Map<String, StoreApi.Listed> listed) {
        this.replica = replica;
        this.api = replica.api();
        this.place = replica.place();
        this.pinned = pinned;
        this.folder = StorePlace.revision(pinned);
        this.standing = standing;
        this.lease = lease;
        this.listed = listed;
        this.verify = replica.context().options().get(SyncOptions.VERIFY);
    }

    /**
     * Looks at the objects of the revision.
     *
     * @param lease empty for a preview
     */
    static StoreSession begin(
            StoreReplica replica,
            ArtifactRef pinned,
            Listing listing,
            StoreListing standing,
            List<StoreProof> proofs,
            Optional<StoreLease> lease)
            throws IOException, InterruptedException {
        String folder = StorePlace.revision(pinned);
        Map<String, StoreApi.Listed> listed = new HashMap<>();
        Set<String> names = new HashSet<>();
        for (Entry entry : listing.entries()) {
            names.add(entry.path());
            refuseUnfit(pinned, entry);
        }
        if (standing.revisions().containsKey(folder)) {
            String prefix = replica.place().file(folder, "");
            replica.api().list(prefix, object -> {
                String path = object.key().substring(prefix.length());
                if (names.contains(path)) {
                    listed.put(path, object);
                }
            });
        }
        StoreSession session = new StoreSession(replica, pinned, standing, lease, listed);
        session.learn(proofs, listing);
        return session;
    }

    private static void refuseUnfit(ArtifactRef pinned, Entry entry) {
        if (entry.size() < 0) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    pinned + ": the hub lists no size for " + Printable.name(entry.path())
                            + "; it could not be verified, so it is not fetched");
        }
        if (entry.size() > LARGEST) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    Printable.name(entry.path()) + " has " + entry.size() + " bytes, and object stores take " + LARGEST
                            + "; leave it out by ignore_patterns");
        }
    }

    private void learn(List<StoreProof> proofs, Listing listing) {
        Set<Checksum> wanted = new HashSet<>();
        listing.entries().forEach(entry -> wanted.add(key(entry)));
        for (StoreProof proof : proofs) {
            for (StoreProof.File file : proof.files()) {
                if (proof.folder().equals(folder)) {
                    proven.put(file.path(), file);
                } else if (wanted.contains(file.declared())) {
                    elsewhere.put(
                            file.declared(), new Elsewhere(place.file(proof.folder(), file.path()), file.facts()));
                }
            }
        }
    }

    /** What a file's bytes are declared to hash to, or what stands for that where the hub declares nothing. */
    private Checksum key(Entry entry) {
        return entry.checksum()
                .orElseGet(() -> keys.computeIfAbsent(entry.path(), any -> ContentKey.of(pinned, entry)));
    }

    private String object(Entry entry) {
        return place.file(folder, entry.path());
    }

    // What is there.

    @Override
    public Presence check(Entry entry) throws IOException, InterruptedException {
        StoreApi.Listed found = listed.get(entry.path());
        if (found != null && found.size() == entry.size()) {
            Optional<ObjectFacts> facts = facts(entry, found);
            if (facts.isPresent()) {
                there.put(entry.path(), facts.get());
                return Presence.SAME;
            }
        }
        Elsewhere same = elsewhere.get(key(entry));
        if (same != null && same.facts.size() == entry.size()) {
            copies.put(entry.path(), same);
            return Presence.SAME;
        }
        return found == null ? Presence.ABSENT : Presence.DIFFERENT;
    }

    /** What is known of an object, if it is the declared one: by its proof, or by what it says of itself. */
    private Optional<ObjectFacts> facts(Entry entry, StoreApi.Listed found) throws IOException, InterruptedException {
        Optional<ObjectFacts> proof = Optional.ofNullable(proven.get(entry.path()))
                .filter(file -> file.declared().equals(key(entry)))
                .map(StoreProof.File::facts)
                .filter(facts -> facts.tag().equals(found.tag()));
        if (proof.isPresent() && !verify) {
            return proof;
        }
        return api.head(object(entry))
                .filter(facts -> isDeclared(entry, facts))
                .filter(facts -> proof.isEmpty() || facts.agreesWith(proof.get()));
    }

    /** We say of each object what it was declared to be, and make none of other bytes. */
    private boolean isDeclared(Entry entry, ObjectFacts facts) {
        return facts.size() == entry.size()
                && facts.declared().equals(key(entry).toString())
                && isChecksumOf(entry, facts.checksum());
    }

    /** Whether the store's checksum of a whole object agrees; true where it has none, or one of parts. */
    private static boolean isChecksumOf(Entry entry, String checksum) {
        Optional<Checksum> declared = entry.checksum().filter(sum -> sum.algorithm() == Checksum.Algorithm.SHA256);
        return checksum.isEmpty()
                || checksum.contains("-")
                || declared.isEmpty()
                || checksum.equals(Base64.getEncoder()
                        .encodeToString(HexFormat.of().parseHex(declared.get().hex())));
    }

    @Override
    public void reserve(List<Entry> missing) {
        // A store says that it is full when it is, and tells nobody before.
    }

    // Bringing.

    @Override
    public void pull(Entry entry, Progress progress) throws IOException, InterruptedException {
        if (!there.containsKey(entry.path())) {
            bring(entry, progress);
        }
    }

    private void bring(Entry entry, Progress progress) throws IOException, InterruptedException {
        WrongBytesException wrong = null;
        for (int tries = 0; tries < 2; tries++) {
            try {
                there.put(
                        entry.path(),
                        entry.size() <= replica.target().part() ? whole(entry, progress) : inParts(entry, progress));
                news.set(true);
                return;
            } catch (WrongBytesException e) {
                wrong = e;
            }
        }
        throw new SyncException(
                FailureKind.CHECKSUM,
                pinned + ": " + Printable.name(entry.path()) + " came twice with other bytes than the declared "
                        + key(entry) + "; thrown away; the hub or something on the way is at fault, try again later",
                true,
                wrong);
    }

    private ObjectFacts whole(Entry entry, Progress progress) throws IOException, InterruptedException {
        return Retrier.of(context())
                .call(
                        "send " + Printable.name(entry.path()) + " to "
                                + replica.item().to(),
                        () -> {
                            Hasher hasher = new Hasher(
                                    entry.checksum().map(Checksum::algorithm).orElse(Checksum.Algorithm.SHA256),
                                    entry.size());
                            try (SourceBytes source =
                                    new SourceBytes(context(), replica.source(), pinned, entry, progress, 0)) {
                                if (entry.size() == 0) {
                                    refuseWrong(entry, hasher.finish());
                                }
                                SentBody body = api.body(
                                        (buffer, length) -> {
                                            source.read(buffer, length);
                                            hasher.update(buffer, 0, length);
                                            if (source.position() == entry.size()) {
                                                refuseWrong(entry, hasher.finish());
                                            }
                                        },
                                        entry.size());
                                return api.put(object(entry), body, key(entry).toString());
                            }
                        });
    }

    private static void refuseWrong(Entry entry, byte[] hash) {
        if (entry.checksum().isPresent() && !entry.checksum().get().matches(hash)) {
            throw new WrongBytesException(entry);
        }
    }

    private ObjectFacts inParts(Entry entry, Progress progress) throws IOException, InterruptedException {
        PartsUpload upload = uploads.get(entry.path());
        if (upload == null) {
            String state = place.parts(folder, entry);
            upload = PartsUpload.begin(
                    api,
                    new PartsUpload.Work(
                            object(entry),
                            state,
                            entry,
                            key(entry).toString(),
                            context().shared(Hashers.class, Hashers::new).pool),
                    replica.target().part(),
                    standing.parts().contains(state),
                    TimeSource.of(context()));
            progress.reused(upload.length());
            uploads.put(entry.path(), upload);
        }
        try {
            return upload.run(
                    Retrier.of(context()),
                    offset -> new SourceBytes(context(), replica.source(), pinned, entry, progress, offset));
        } catch (WrongBytesException e) {
            uploads.remove(entry.path());
            throw e;
        }
    }

    // Publishing.

    @Override
    public boolean publish(Listing listing) throws IOException, InterruptedException {
        if (lease.isEmpty()) {
            return standing.proven(pinned, replica.filter()).isEmpty();
        }
        confirm();
        copyAll(listing);
        String print = lookAgain(listing);
        confirm();
        Pointer pointer = point();
        StoreListing after = StoreListing.of(api, place);
        if (!after.isAs(folder, print, pinned.revision(), folder.length() + " " + pointer.tag)) {
            throw changed(place.file(folder, "") + " or " + place.ref(pinned.revision()));
        }
        boolean written = prove(listing, after);
        tidy();
        return news.get() || pointer.moved || written;
    }

    /** How the branch came to name this revision. */
    private record Pointer(String tag, boolean moved) {}

    private SyncException changed(String what) {
        return new SyncException(
                FailureKind.OTHER,
                place.bucket() + "/" + what + " is not in the store as it was left there a moment ago; somebody else"
                        + " writes there; run again",
                true,
                null);
    }

    private void confirm() throws IOException, InterruptedException {
        lease.orElseThrow().confirm();
    }

    private void copyAll(Listing listing) throws IOException, InterruptedException {
        List<Entry> missing = listing.entries().stream()
                .filter(entry -> !there.containsKey(entry.path()))
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        ExecutorService pool = context().shared(Copiers.class, Copiers::new).pool;
        ItemMeter meter = ItemMeter.current();
        List<Future<?>> all = new ArrayList<>();
        for (Entry entry : missing) {
            all.add(pool.submit(() -> {
                try (ItemMeter.Scope scope = meter.bind()) {
                    copy(entry);
                }
                return entry;
            }));
        }
        try {
            for (Future<?> one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            rethrow(Objects.requireNonNullElse(e.getCause(), e));
        } finally {
            all.forEach(one -> one.cancel(true));
        }
    }

    private static void rethrow(Throwable cause) throws IOException, InterruptedException {
        if (cause instanceof IOException io) {
            throw io;
        }
        if (cause instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (cause instanceof RuntimeException other) {
            throw other;
        }
        throw new IOException("a copy inside the store failed: " + cause, cause);
    }

    /** Copies from another revision; what is no longer there as it was proven is fetched. */
    private void copy(Entry entry) throws IOException, InterruptedException {
        Elsewhere from = copies.get(entry.path());
        Optional<ObjectFacts> copied = from == null ? Optional.empty() : copied(entry, from);
        if (copied.isPresent()) {
            there.put(entry.path(), copied.get());
            news.set(true);
        } else {
            replica.note(Printable.name(entry.path())
                    + " was the same in another revision, which is gone from the store; fetched anew");
            bring(entry, bytes -> {});
        }
    }

    private Optional<ObjectFacts> copied(Entry entry, Elsewhere from) throws IOException, InterruptedException {
        String declared = key(entry).toString();
        long limit = replica.target().copiedWhole();
        Optional<ObjectFacts> facts = entry.size() <= limit
                ? api.copy(from.key, from.facts, object(entry), declared)
                : PartsUpload.copy(api, from.key, from.facts, object(entry), declared, limit);
        return facts.filter(made -> isChecksumOf(entry, made.checksum()));
    }

    /**
     * Looks whether all that is to be published is there, after the last byte and before the first pointer.
     *
     * @return what stands for all objects of the revision
     */
    private String lookAgain(Listing listing) throws IOException, InterruptedException {
        Map<String, StoreApi.Listed> now = new HashMap<>();
        StoreListing.Objects all = new StoreListing.Objects();
        String prefix = place.file(folder, "");
        api.list(prefix, object -> {
            String path = object.key().substring(prefix.length());
            all.add(path, object);
            if (there.containsKey(path)) {
                now.put(path, object);
            }
        });
        for (Entry entry : listing.entries()) {
            ObjectFacts facts = there.get(entry.path());
            StoreApi.Listed found = now.get(entry.path());
            if (facts == null
                    || found == null
                    || found.size() != entry.size()
                    || !found.tag().equals(facts.tag())) {
                there.remove(entry.path());
                throw changed(prefix + entry.path());
            }
        }
        return all.print();
    }

    /** Lets the branch name this revision. A branch that was moved meanwhile stays. */
    private Pointer point() throws IOException, InterruptedException {
        String key = place.ref(pinned.revision());
        byte[] name = folder.getBytes(StandardCharsets.UTF_8);
        Optional<StoreApi.Small> before = api.get(key, 4096);
        if (before.isPresent() && Arrays.equals(before.get().bytes(), name)) {
            return new Pointer(before.get().tag(), false);
        }
        Map<String, String> condition =
                before.map(ref -> Map.of("If-Match", "\"" + ref.tag() + "\"")).orElse(Map.of("If-None-Match", "*"));
        Optional<String> made = api.put(key, name, condition);
        return new Pointer(
                made.orElseThrow(() -> new HeldByAnotherException(
                        "somebody else moved " + place.bucket() + "/" + key + " in this moment; run again")),
                true);
    }

    /**
     * Writes the proof, and removes those of the same that it replaces; true if there was none like it. Those of other
     * revisions stay as long as these do.
     */
    private boolean prove(Listing listing, StoreListing after) throws IOException, InterruptedException {
        List<StoreProof.File> files = new ArrayList<>();
        for (Entry entry : listing.entries()) {
            ObjectFacts facts = Objects.requireNonNull(there.get(entry.path()));
            files.add(new StoreProof.File(entry.path(), key(entry), facts));
        }
        StoreProof proof = new StoreProof(
                Version.TOOL,
                pinned.text(),
                pinned.revision(),
                pinned.pin(),
                folder,
                replica.filter(),
                replica.item().declaredAt().list(),
                replica.item().flow(),
                TimeSource.of(context()).now().truncatedTo(ChronoUnit.MILLIS),
                files);
        StoreListing.ProofName name = new StoreListing.ProofName(
                StoreListing.branch(pinned.revision()),
                StoreListing.declaration(pinned, replica.filter()),
                after.fingerprint(folder, pinned.revision()),
                files.size(),
                proof.bytes());
        boolean written = !after.proofs().contains(name);
        if (written) {
            api.put(place.folder() + StorePlace.PROOFS + name.text(), proof.toBytes(), Map.of());
        }
        for (StoreListing.ProofName old : after.proofs()) {
            if (old.branch().equals(name.branch())
                    && old.declaration().equals(name.declaration())
                    && !old.equals(name)) {
                api.delete(place.folder() + StorePlace.PROOFS + old.text());
            }
        }
        return written;
    }

    /** Uploads that killed runs began, and nobody will finish, cost their owner money. */
    private void tidy() throws IOException, InterruptedException {
        for (String left : standing.parts()) {
            api.delete(left);
        }
        try {
            for (StoreApi.Begun begun : api.uploads(place.folder())) {
                api.abort(begun.key(), begun.id());
            }
        } catch (SyncException e) {
            replica.note("uploads that were begun and not finished could not be looked for: " + e.getMessage());
        }
    }

    private RunContext context() {
        return replica.context();
    }

    /** The threads on which a run copies inside the store. */
    private static final class Copiers {
        private final ExecutorService pool;

        Copiers(RunContext context) {
            pool = Threads.of(context).pool("sync-copy", COPIES_AT_A_TIME);
        }
    }

    /** The threads on which a run hashes large files while others of its threads send them. */
    private static final class Hashers {
        private final ExecutorService pool;

        Hashers(RunContext context) {
            pool = Threads.of(context).onDemand("sync-hash");
        }
    }
}
