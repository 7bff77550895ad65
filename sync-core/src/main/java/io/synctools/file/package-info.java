/** Receiving files on a shared disk: lease, parts, resume, verification, publishing, proof. */
@NullMarked
package io.synctools.file;

import org.jspecify.annotations.NullMarked;
