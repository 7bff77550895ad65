package io.synctools.skopeo;

import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.SyncException;
import io.synctools.skopeo.DigestLedger.Written;
import io.synctools.spi.Presence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decides whether a tag holds the same content at both ends, with as few requests as that takes.
 *
 * <p>Equal digests mean the same; so does a pair of digests that the ledger knows. Else the contents decide: some
 * registries serialise lists anew, others take them only converted (docs/protocols/skopeo-and-registries.md section 7).
 * Thread-safe.
 */
final class TagComparison {
    private final RegistryApi api;
    private final DigestLedger ledger;
    private final RegistrySource source;
    private final ImageRepository from;
    private final ImageRepository to;
    private final TagRule rule;
    private final Map<String, String> before = new ConcurrentHashMap<>();

    TagComparison(
            RegistryApi api,
            DigestLedger ledger,
            RegistrySource source,
            ImageRepository from,
            ImageRepository to,
            TagRule rule) {
        this.api = api;
        this.ledger = ledger;
        this.source = source;
        this.from = from;
        this.to = to;
        this.rule = rule;
    }

    RegistrySource source() {
        return source;
    }

    ImageRepository from() {
        return from;
    }

    ImageRepository to() {
        return to;
    }

    /** Refuses a listing that could not be mirrored. */
    void admit(Listing listing) {
        rule.admit(from, listing);
    }

    /** What a tag is called at the destination. */
    String renamed(String tag) {
        return rule.renamed(tag);
    }

    /** What the tag points to at the source. */
    Descriptor wanted(String tag) throws IOException, InterruptedException {
        return source.inspect(from, tag);
    }

    /** What the tag points to at the source now; for a copy that found it gone. */
    Descriptor wantedNow(String tag) throws IOException, InterruptedException {
        source.forget(from, tag);
        return wanted(tag);
    }

    /** Whether the tag had the very digest at the destination when it was compared. */
    boolean stood(String tag, Descriptor image) {
        return image.digest().equals(before.get(tag));
    }

    /**
     * Compares a tag.
     *
     * @throws SyncException if the tag belongs to another source, which would only write it back
     */
    Presence compare(String tag) throws IOException, InterruptedException {
        Descriptor wanted = wanted(tag);
        String name = renamed(tag);
        Optional<Descriptor> found = api.head(to, name);
        before.put(tag, found.map(Descriptor::digest).orElse(""));
        if (found.isEmpty()) {
            return Presence.ABSENT;
        }
        Optional<Written> last = ledger.written(to, name)
                .filter(written -> written.destination().equals(found.get().digest()));
        boolean same = wanted.digest().equals(found.get().digest())
                || (last.isPresent() && last.get().source().equals(wanted.digest()))
                // What we wrote from another digest has another content, unless somebody else has written since.
                || (last.isEmpty() && sameContent(tag, wanted, found.get()));
        if (same) {
            ledger.remember(
                    to,
                    name,
                    new Written(owner(last), wanted.digest(), found.get().digest()));
            return Presence.SAME;
        }
        if (last.isPresent() && ownedByAnother(last.get().from(), name)) {
            throw new SyncException(
                    FailureKind.OTHER,
                    to + ":" + name + " was written from " + last.get().from() + " and is left as it is: two sources"
                            + " have a tag of that name; exclude it from one of the two rules. If the other rule is"
                            + " gone for good, delete " + ledger.file());
        }
        return Presence.DIFFERENT;
    }

    private boolean ownedByAnother(String owner, String tag) throws IOException, InterruptedException {
        return !owner.equals(from.toString())
                && api.head(ImageRepository.parse(owner), tag).isPresent();
    }

    private String owner(Optional<Written> last) {
        return last.map(Written::from).orElse(from.toString());
    }

    /**
     * Looks at a tag after it was copied, and remembers what stands there if it is what was copied.
     *
     * @param written the digest of the manifest as skopeo pushed it
     * @throws IOException if the tag is not there or was not moved; another copy may mend it
     * @throws SyncException if something else stands there
     */
    void confirm(String tag, Descriptor image, String written) throws IOException, InterruptedException {
        String name = renamed(tag);
        String there = api.head(to, name)
                .orElseThrow(() -> new IOException(
                        to + ":" + name + " is not there although " + to.host() + " confirmed that it was written"))
                .digest();
        if (!there.equals(written)) {
            if (there.equals(before.get(tag))) {
                throw new IOException(to + ":" + name + " still points to " + there + " although " + to.host()
                        + " confirmed that it was moved to " + written
                        + "; look whether tags of that repository may be changed");
            }
            if (!same(pushed(tag, written), to, api.manifest(to, there), true)) {
                throw new SyncException(
                        FailureKind.OTHER,
                        to + ":" + name + " points to " + there + ", which is not what was copied there (" + written
                                + "): somebody else writes that tag; the next run compares anew",
                        true,
                        null);
            }
        }
        ledger.remember(to, name, new Written(from.toString(), image.digest(), there));
    }

    /** What was pushed; from the source where the destination does not tell. */
    private Manifest pushed(String tag, String written) throws IOException, InterruptedException {
        try {
            return api.manifest(to, written);
        } catch (SyncException e) {
            return source.manifest(from, tag);
        }
    }

    private boolean sameContent(String tag, Descriptor wanted, Descriptor found)
            throws IOException, InterruptedException {
        boolean sameType = wanted.mediaType().equals(found.mediaType());
        if (sameType && !wanted.isList()) {
            return false;
        }
        Manifest there = api.manifest(to, found.digest());
        if (there.list() != wanted.isList() && !wanted.mediaType().isEmpty()) {
            return false;
        }
        return same(source.manifest(from, tag), from, there, !sameType);
    }

    /** @param converted whether the children of a list may have been converted, so that their contents count */
    private boolean same(Manifest here, ImageRepository where, Manifest there, boolean converted)
            throws IOException, InterruptedException {
        if (here.sameAs(there)) {
            return true;
        }
        boolean lists = here.list()
                && there.list()
                && here.parts().size() == there.parts().size();
        return converted && lists && images(to, there).equals(images(where, here));
    }

    /** The contents of all children by their platforms: a conversion keeps configs and layers byte for byte. */
    private List<String> images(ImageRepository repository, Manifest list) throws IOException, InterruptedException {
        List<String> images = new ArrayList<>();
        for (Manifest.Part child : list.parts()) {
            Manifest image = api.manifest(repository, child.digest());
            images.add(child.platform() + " " + image.config() + " " + image.parts());
        }
        Collections.sort(images);
        return images;
    }
}
