package io.synctools.model;

/** Another runner holds the item's lease and is alive; the message says who, where and since when. */
public final class HeldByAnotherException extends SyncException {
    private static final long serialVersionUID = 1L;

    public HeldByAnotherException(String message) {
        super(FailureKind.OTHER, message, true, null);
    }
}
