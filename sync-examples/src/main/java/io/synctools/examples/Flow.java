package io.synctools.examples;

/** Placeholder until the flows land. */
final class Flow {
    private Flow() {}
}
