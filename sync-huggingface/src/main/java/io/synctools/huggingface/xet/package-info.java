/**
 * The hub's chunk store (docs/protocols/xet.md): what a file is made of, and the bytes of that. Not for users; knows no
 * repositories, no listings and no disk.
 */
@NullMarked
package io.synctools.huggingface.xet;

import org.jspecify.annotations.NullMarked;
