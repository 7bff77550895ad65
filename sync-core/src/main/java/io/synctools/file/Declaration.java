package io.synctools.file;

import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.util.Optional;

/**
 * What an item declares for its place, held against what a proof says was declared there before. A place belongs to one
 * declaration: two that differ would replace each other's publication for ever. The same list may change its mind.
 */
public final class Declaration {
    /** By this option a run takes over what another list declares. */
    private final SyncItem item;

    private final ArtifactRef pinned;
    private final boolean replaces;

    private Declaration(SyncItem item, ArtifactRef pinned, boolean replaces) {
        this.item = item;
        this.pinned = pinned;
        this.replaces = replaces;
    }

    /**
     * An item's, in a run.
     *
     * @param pinned names the revision where the item leaves it to the platform
     */
    public static Declaration of(SyncItem item, ArtifactRef pinned, RunContext context) {
        return new Declaration(item, pinned, context.options().get(SyncOptions.REPLACE));
    }

    /**
     * Refuses to replace what another list declares: another artifact, revision or filter.
     *
     * @param before what is published at the place; empty where nothing is
     * @throws SyncException {@code INCOMPATIBLE}, naming both
     */
    public void refuse(Optional<Proof> before) {
        before.filter(proof -> isOfAnotherList(proof)
                        && !(proof.from().equals(pinned.text())
                                && proof.revision().equals(pinned.revision())
                                && proof.filter().equals(item.filter().text())))
                .ifPresent(this::refuse);
    }

    /** As {@link #refuse(Optional)}, for a place that revision and filter name, so that others stand beside it. */
    public void refuseArtifact(Optional<Proof> before) {
        before.filter(proof -> isOfAnotherList(proof) && !proof.from().equals(pinned.text()))
                .ifPresent(this::refuse);
    }

    /** A proof that names no list is of nobody: a program's, or of a version that did not keep it. */
    private boolean isOfAnotherList(Proof before) {
        return !replaces
                && !before.list().isEmpty()
                && !(before.list().equals(item.declaredAt().list())
                        && before.flow().equals(item.flow()));
    }

    private void refuse(Proof before) {
        throw new SyncException(
                FailureKind.INCOMPATIBLE,
                "this place holds " + what(before.from(), before.revision(), before.filter()) + ", which "
                        + who(before.list(), before.flow()) + " declares, and "
                        + who(item.declaredAt().list(), item.flow()) + " declares "
                        + what(pinned.text(), pinned.revision(), item.filter().text())
                        + "; give one of them another place, or run once with the option \"replace\" to take this one over");
    }

    private static String what(String from, String revision, String filter) {
        return from + "@" + revision + (filter.isEmpty() ? "" : " (" + filter + ")");
    }

    private static String who(String list, String flow) {
        return (list.isEmpty() ? "a program" : list) + (flow.isEmpty() ? "" : " (" + flow + ")");
    }
}
