/** What stands in {@code sync-examples/deploy}, and the release that it runs: read and run as there, without a cluster. */
@NullMarked
package io.synctools.examples.deploy;

import org.jspecify.annotations.NullMarked;
