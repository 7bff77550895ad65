package io.synctools.modelscope;

/** Settings of this platform. */
public record ModelScopeOptions() {}
