/** The one retry policy; not for users. */
@NullMarked
package io.synctools.internal.retry;

import org.jspecify.annotations.NullMarked;
