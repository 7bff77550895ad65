/** HTTP as all platforms of ours speak it; not for users. */
@NullMarked
package io.synctools.internal.http;

import org.jspecify.annotations.NullMarked;
