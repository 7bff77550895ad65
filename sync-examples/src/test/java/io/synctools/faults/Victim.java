package io.synctools.faults;

import io.synctools.testing.HubRepo;
import java.util.Random;

/** The file that a fault strikes, by how it is fetched. */
enum Victim {
    /** From the hub itself, in one piece. */
    SMALL("README.md", 60_000, false),
    /** From a signed address, in one piece. */
    SMALL_LFS("small.bin", 60_000, true),
    /** From a signed address, in ranges. */
    RANGED("model.safetensors", 300_000, true);

    /** Above this a file comes in ranges. */
    static final int PART = 65_536;

    final String path;
    final boolean lfs;
    private final int size;

    Victim(String path, int size, boolean lfs) {
        this.path = path;
        this.size = size;
        this.lfs = lfs;
    }

    boolean isRanged() {
        return size > PART;
    }

    int size() {
        return size;
    }

    /** A repository of three files, one of them the victim. */
    HubRepo repository(String name, long seed) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        HubRepo rest =
                HubRepo.of(name).with("config.json", "{\"seed\": " + seed + "}").with("sub/a b.txt", "text");
        return lfs ? rest.withLfs(path, content) : rest.with(path, content);
    }
}
