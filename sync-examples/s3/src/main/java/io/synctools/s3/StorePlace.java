package io.synctools.s3;

import io.synctools.file.NameGuard;
import io.synctools.internal.text.Printable;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How one repository lies in a bucket. Immutable.
 *
 * <pre>
 * FOLDER/REVISION/PATH             the files of one revision
 * FOLDER/refs/BRANCH               names the revision that readers of a branch use
 * FOLDER/.sync-tools/proofs/…      what was published, written last
 * FOLDER/.sync-tools/parts/…       how far the upload of a large file has come
 * FOLDER/.sync-tools/lease         who works here
 * </pre>
 *
 * @param bucket its name
 * @param folder prefix of all keys, ending in a slash
 */
record StorePlace(String bucket, String folder) {
    static final String REFS = "refs/";
    static final String PROOFS = ".sync-tools/proofs/";
    static final String PARTS = ".sync-tools/parts/";
    static final String LEASE = ".sync-tools/lease";

    private static final int LONGEST_KEY = 1024;
    private static final Pattern UNFIT = Pattern.compile("[^A-Za-z0-9._-]");

    /** Some checksum: names are checked as those of files are. */
    private static final Checksum ANY = Checksum.gitBlob("0".repeat(40));

    /**
     * A destination's.
     *
     * @throws SyncException if it cannot be one
     */
    static StorePlace of(ArtifactRef destination) {
        int slash = destination.name().indexOf('/');
        String bucket = slash < 0 ? destination.name() : destination.name().substring(0, slash);
        if (slash < 0 || !StoreAddress.isBucket(bucket)) {
            throw new SyncException(
                    FailureKind.UNSAFE_NAME, destination.text() + " names no bucket; write s3://BUCKET/PREFIX");
        }
        String folder = destination.name().substring(slash + 1);
        checkNames(List.of(Entry.file(folder, 0, ANY)));
        return new StorePlace(bucket, folder + "/");
    }

    /** Refuses names that readers could not write to a disk, and keys that no store takes. */
    void check(List<Entry> entries, String revision) {
        checkNames(entries);
        for (Entry entry : entries) {
            int length = file(revision, entry.path()).getBytes(StandardCharsets.UTF_8).length;
            if (length > LONGEST_KEY) {
                throw new SyncException(
                        FailureKind.UNSAFE_NAME,
                        Printable.name(entry.path()) + " would have a key of " + length
                                + " bytes, and object stores take " + LONGEST_KEY + "; choose a shorter prefix");
            }
        }
    }

    private static void checkNames(List<Entry> entries) {
        NameGuard.check(entries, Set.of());
    }

    /** The folder of a pinned revision, by which its files are told from those of any other. */
    static String revision(ArtifactRef pinned) {
        String name = UNFIT.matcher(pinned.pin().isEmpty() ? pinned.revision() : pinned.pin())
                .replaceAll("-");
        if (name.isEmpty() || name.startsWith(".") || (name + "/").equals(REFS)) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE, pinned + " has no revision after which a folder could be called");
        }
        return name;
    }

    String file(String revision, String path) {
        return folder + revision + "/" + path;
    }

    /** @throws SyncException if the branch has a name that leads elsewhere */
    String ref(String branch) {
        checkNames(List.of(Entry.file(branch, 0, ANY)));
        return folder + REFS + branch;
    }

    /** Where it is kept how far an upload has come. */
    String parts(String revision, Entry entry) {
        String what = revision + "/" + entry.path() + "\n" + entry.size() + "\n" + entry.checksum();
        return folder + PARTS + Signature.sha256(what.getBytes(StandardCharsets.UTF_8)) + ".json";
    }

    String lease() {
        return folder + LEASE;
    }
}
