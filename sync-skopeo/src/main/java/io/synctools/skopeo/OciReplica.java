package io.synctools.skopeo;

import io.synctools.file.Declaration;
import io.synctools.file.NameGuard;
import io.synctools.file.Proof;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.spi.Claim;
import io.synctools.spi.Extent;
import io.synctools.spi.FileSource;
import io.synctools.spi.Replica;
import io.synctools.spi.Session;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * One artifact in a registry. Nobody is kept out: what two runners bring is called by its content, and whoever finds at the
 * end that another has published meanwhile leaves that alone.
 */
final class OciReplica implements Replica {
    private final OciTarget target;
    private final FileSource source;
    private final SyncItem item;
    private final OciPlace place;
    private final String seen;
    private final Optional<Proof> proof;

    private OciReplica(OciTarget target, FileSource source, SyncItem item, OciPlace place, TagState standing) {
        this.target = target;
        this.source = source;
        this.item = item;
        this.place = place;
        this.seen = standing.digest();
        this.proof = standing.manifest()
                .filter(manifest -> manifest.isImage() == target.writesImages())
                .flatMap(ModelManifest::proof); // the files are many
    }

    /** Looks at the tag that is moved last: one request. */
    static OciReplica open(OciTarget target, FileSource source, SyncItem item)
            throws IOException, InterruptedException {
        OciPlace place = OciPlace.of(item.to());
        return new OciReplica(
                target, source, item, place, TagState.at(target.blobs(), place.repository(), place.pointer()));
    }

    @Override
    public Optional<Extent> published(ArtifactRef pinned) {
        return proof.filter(head -> !target.verifies()
                        && head.proves(pinned, item.filter().text())
                        && head.revision().equals(pinned.revision())) // as declared: it may move another way
                .map(head -> new Extent(head.files(), head.bytes()));
    }

    @Override
    public Session look(ArtifactRef pinned, Listing listing) throws IOException, InterruptedException {
        return session(pinned, listing, true);
    }

    @Override
    public Claim claim() {
        return new Claim() {
            @Override
            public boolean moved() throws IOException, InterruptedException {
                Optional<Descriptor> now = target.api().head(place.repository(), place.pointer());
                return !now.map(Descriptor::digest).orElse("").equals(seen);
            }

            @Override
            public Session admit(ArtifactRef pinned, Listing listing) throws IOException, InterruptedException {
                return session(pinned, listing, false);
            }

            @Override
            public void close() {}
        };
    }

    private Session session(ArtifactRef pinned, Listing listing, boolean preview)
            throws IOException, InterruptedException {
        NameGuard.check(listing.entries(), Set.of());
        TagState before = TagState.withFiles(target.blobs(), place.repository(), place.pointer());
        Optional<Proof> published = before.manifest().flatMap(ModelManifest::proof);
        Declaration.of(item, pinned, target.context()).refuse(published);
        Proof.refuseEmptied(published, listing);
        OciSession session = target.writesImages()
                ? new ImageSession(this, pinned, listing, before, preview)
                : new OciSession(this, pinned, before, preview);
        long size = session.sizeOf(listing);
        if (size > ModelManifest.LIMIT) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    pinned + " has " + listing.entries().size() + " files, whose manifest would have " + size
                            + " bytes; registries take " + ModelManifest.LIMIT
                            + ": declare fewer files by patterns, or mirror it to another target");
        }
        return session;
    }

    OciTarget target() {
        return target;
    }

    FileSource source() {
        return source;
    }

    SyncItem item() {
        return item;
    }

    OciPlace place() {
        return place;
    }
}
