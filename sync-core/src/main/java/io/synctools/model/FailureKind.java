package io.synctools.model;

/** Why something is not there, as reports name it. */
public enum FailureKind {
    /** The platform does not know it. */
    NOT_FOUND,
    /** The platform does not let us: no token, a wrong one, or a licence that was not accepted. */
    ACCESS,
    /** The platform asked us to slow down for longer than the policy allows. */
    RATE_LIMITED,
    /** The platform or the network did not work, for longer than the policy allows. */
    UNAVAILABLE,
    /** The bytes are not the declared ones. */
    CHECKSUM,
    /** A name that must not be written. */
    UNSAFE_NAME,
    /** Not enough space at the destination. */
    NO_SPACE,
    /** The destination's disk does not work or is not writable. */
    DISK,
    /** The destination cannot hold it, or the platform does not serve it in a form that we can verify. */
    INCOMPATIBLE,
    /** It took longer than allowed. */
    TIMEOUT,
    /** The run was interrupted. */
    INTERRUPTED,
    /** Anything else. */
    OTHER
}
