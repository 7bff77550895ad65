/**
 * A read-only hub over what was mirrored, for everybody behind it: needs {@code io.netty:netty-codec-http}, which we do not
 * bring.
 */
@NullMarked
package io.synctools.serve;

import org.jspecify.annotations.NullMarked;
