/** What the file systems of shared disks do and Java's questions do not tell. */
@NullMarked
package io.synctools.internal.disk;

import org.jspecify.annotations.NullMarked;
