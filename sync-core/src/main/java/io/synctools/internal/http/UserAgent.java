package io.synctools.internal.http;

import java.util.Optional;

/** How we introduce ourselves to servers. */
final class UserAgent {
    /** {@code sync-tools/VERSION}. */
    static final String TEXT = "sync-tools/"
            + Optional.ofNullable(Http.class.getPackage().getImplementationVersion())
                    .orElse("dev");

    private UserAgent() {}
}
