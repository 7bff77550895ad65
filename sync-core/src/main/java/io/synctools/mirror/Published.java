package io.synctools.mirror;

import io.synctools.file.Proof;
import java.nio.file.Path;

/**
 * One publication.
 *
 * @param file where its proof lies
 * @param proof the proof's head
 */
public record Published(Path file, Proof proof) {}
