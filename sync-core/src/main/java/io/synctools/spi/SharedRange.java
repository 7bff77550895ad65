package io.synctools.spi;

import io.synctools.model.ByteRange;

/**
 * A stretch of a file that another file holds as well.
 *
 * @param range of the file that is wanted
 * @param offset of the stretch's first byte in the other file
 */
public record SharedRange(ByteRange range, long offset) {}
