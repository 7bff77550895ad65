package io.synctools.model;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One line of a list: an artifact, where it goes, and what of it is declared.
 *
 * @param from the artifact at its source, unpinned
 * @param to its destination; a revision here means that several revisions may live side by side at that place
 * @param filter which of its names are declared
 * @param declaredAt the place in the list
 * @param flow of the plan that holds it; empty until one does
 */
public record SyncItem(ArtifactRef from, ArtifactRef to, NameFilter filter, Place declaredAt, String flow) {
    private static final String IMAGES = "docker";

    /** An item that no plan holds yet. */
    public SyncItem(ArtifactRef from, ArtifactRef to, NameFilter filter, Place declaredAt) {
        this(from, to, filter, declaredAt, "");
    }

    /** An item that declares everything and stands in no list. */
    public static SyncItem of(ArtifactRef from, ArtifactRef to) {
        return new SyncItem(from, to, NameFilter.ALL, Place.NONE);
    }

    /** The same item, held by a plan of this flow. */
    SyncItem in(String plansFlow) {
        return flow.equals(plansFlow) ? this : new SyncItem(from, to, filter, declaredAt, plansFlow);
    }

    /**
     * What of this item belongs to a share: all or nothing of a repository of files, which is published as a whole; the
     * tags of an image repository one by one.
     */
    Optional<SyncItem> shard(Shard shard) {
        if (from.scheme().equals(IMAGES) && shard.count() > 1) {
            String rule = from.text() + " " + to.text();
            return Optional.of(shared(shard, new ShardFilter.Hashed(shard, rule)));
        }
        return shard.owns(from) ? Optional.of(this) : Optional.empty();
    }

    /** What of this item a share names: all of it, some of its tags, or nothing. */
    Optional<SyncItem> shard(PlannedShard share) {
        if (share.items().contains(label())) {
            return Optional.of(this);
        }
        Set<String> tags =
                share.items().stream().flatMap(name -> tag(name).stream()).collect(Collectors.toSet());
        return tags.isEmpty() ? Optional.empty() : Optional.of(shared(share.shard(), new ShardFilter.Listed(tags)));
    }

    private SyncItem shared(Shard shard, ShardFilter.Part part) {
        return new SyncItem(from, to, new ShardFilter(filter, shard, part), declaredAt, flow);
    }

    /** The tag of this item's repository that a share's name means. */
    Optional<String> tag(String name) {
        String start = label() + ":";
        return from.scheme().equals(IMAGES) && name.startsWith(start)
                ? Optional.of(name.substring(start.length()))
                : Optional.empty();
    }

    // The one that Java makes for a record costs the start 10 ms: it makes classes when first asked.
    @Override
    public int hashCode() {
        return Objects.hash(from, to, filter, declaredAt, flow);
    }

    /**
     * What people call it, and what {@code --only} matches: the source's name without its first part, which makes
     * {@code organization/name} of a model or dataset and the repository's path of an image.
     */
    public String label() {
        return from.name().substring(from.name().indexOf('/') + 1);
    }
}
