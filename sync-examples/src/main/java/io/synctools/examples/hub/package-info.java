/** What the stand-in hub speaks beside files: a chunk store and an image registry, for the quickstart, trials and benchmarks. */
@NullMarked
package io.synctools.examples.hub;

import org.jspecify.annotations.NullMarked;
