package io.synctools.mirror;

import java.nio.file.Path;

/**
 * What was taken from its name by one rename and is to be deleted.
 *
 * @param folder a private folder that nobody reads
 * @param state the private folder whose lease guards it
 */
public record Trash(Path folder, Path state) {}
