/** A hub in this process that speaks the dialects of ModelScope and Hugging Face: for the quickstart, trials and benchmarks. */
@NullMarked
package io.synctools.examples.hub;

import org.jspecify.annotations.NullMarked;
