/** ModelScope: its hub as a source, its clients' cache as a target. */
@NullMarked
package io.synctools.modelscope;

import org.jspecify.annotations.NullMarked;
