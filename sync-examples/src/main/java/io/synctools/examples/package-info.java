/** One thin main per runner and per image flow; the tools; what prints, parses arguments and exits. */
@NullMarked
package io.synctools.examples;

import org.jspecify.annotations.NullMarked;
