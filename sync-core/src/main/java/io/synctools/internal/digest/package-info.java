/** Hashing of files and streams; not for users. */
@NullMarked
package io.synctools.internal.digest;

import org.jspecify.annotations.NullMarked;
