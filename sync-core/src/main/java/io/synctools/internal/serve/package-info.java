/** HTTP and the finding of what is published, for {@code serve} and its double in tests; not for users. */
@NullMarked
package io.synctools.internal.serve;

import org.jspecify.annotations.NullMarked;
