/** Where threads come from; not for users. */
@NullMarked
package io.synctools.internal.threads;

import org.jspecify.annotations.NullMarked;
