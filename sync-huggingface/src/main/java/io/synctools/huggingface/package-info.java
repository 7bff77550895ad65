/** Hugging Face: its hub as a source, its clients' cache and a local directory as targets. */
@NullMarked
package io.synctools.huggingface;

import org.jspecify.annotations.NullMarked;
