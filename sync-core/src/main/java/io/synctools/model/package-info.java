/** Plain data and errors: what there is, where it goes, what went wrong. No I/O. */
@NullMarked
package io.synctools.model;

import org.jspecify.annotations.NullMarked;
