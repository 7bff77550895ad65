/** What a platform implements: sources, targets, and the providers that make them. */
@NullMarked
package io.synctools.spi;

import org.jspecify.annotations.NullMarked;
