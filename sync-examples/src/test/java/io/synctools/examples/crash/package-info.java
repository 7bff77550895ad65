/** Processes that are killed at any point, stopped and woken, or work side by side on one disk. */
@NullMarked
package io.synctools.examples.crash;

import org.jspecify.annotations.NullMarked;
