/** JSON reading and writing that several platforms of ours need; not for users. */
@NullMarked
package io.synctools.internal.json;

import org.jspecify.annotations.NullMarked;
