/** Keeping a mirror: what file targets hold below their roots, and how it is verified, told of and pruned. */
@NullMarked
package io.synctools.mirror;

import org.jspecify.annotations.NullMarked;
