package io.synctools.examples.nfs;

import java.nio.file.Path;

/** A version of NFS, as two hosts have it mounted in the small machine. */
enum Nfs {
    V4_2("/a", "/b"),
    V3("/a3", "/b3");

    /** What the server shows them. */
    static final Path SERVER = Path.of("/exp");

    private final Path a;
    private final Path b;

    Nfs(String a, String b) {
        this.a = Path.of(a);
        this.b = Path.of(b);
    }

    /** Where the first host sees it. */
    Path a() {
        return a;
    }

    /** Where the second one does. */
    Path b() {
        return b;
    }
}
