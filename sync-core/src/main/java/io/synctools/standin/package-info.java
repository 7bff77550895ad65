/**
 * A hub over generated content, with delays and limits, for tests of programs that mirror: the same server as {@code
 * io.synctools.serve}, and like it in need of {@code io.netty:netty-codec-http}.
 */
@NullMarked
package io.synctools.standin;

import org.jspecify.annotations.NullMarked;
