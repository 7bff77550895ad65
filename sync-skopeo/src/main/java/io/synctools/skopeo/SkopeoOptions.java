package io.synctools.skopeo;

/** Settings of this platform. */
public record SkopeoOptions() {}
