/** Container images between registries: planned over the registry API, moved by skopeo. */
@NullMarked
package io.synctools.skopeo;

import org.jspecify.annotations.NullMarked;
