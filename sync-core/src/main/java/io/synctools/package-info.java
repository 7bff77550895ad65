/** The engine: it decides order, parallelism, retry, sharding, preview and reporting, and owns all threads. */
@NullMarked
package io.synctools;

import org.jspecify.annotations.NullMarked;
