/** Lists that people edit, read into plans. Platforms are named as text here, never as classes. */
@NullMarked
package io.synctools.config;

import org.jspecify.annotations.NullMarked;
