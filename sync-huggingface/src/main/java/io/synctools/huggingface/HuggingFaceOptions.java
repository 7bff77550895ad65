package io.synctools.huggingface;

/** Settings of this platform. */
public record HuggingFaceOptions() {}
