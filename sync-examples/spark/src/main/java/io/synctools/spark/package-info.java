/** A recipe, not an interface: Spark starts our runs. */
@NullMarked
package io.synctools.spark;

import org.jspecify.annotations.NullMarked;
