/** What knows object stores: addresses, signatures, uploads in parts, and how a repository lies in a bucket. */
@NullMarked
package io.synctools.s3;

import org.jspecify.annotations.NullMarked;
