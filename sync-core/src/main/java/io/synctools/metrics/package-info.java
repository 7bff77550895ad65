/** What a run did, as meters for programs that embed us: needs {@code io.micrometer:micrometer-core}, which we do not bring. */
@NullMarked
package io.synctools.metrics;

import org.jspecify.annotations.NullMarked;
