package io.synctools.mirror;

import io.synctools.mirror.Finding.Kind;
import java.util.List;

/**
 * What verifying one subject found.
 *
 * @param name of what was verified, as reports print it
 * @param folder where it lies, or the address of a place that is no folder
 * @param files how many proven files were looked at
 * @param bytes how many bytes were read; of a place that is no folder, how many its checksums speak for
 * @param findings what is wrong, by kind and path
 */
public record Verified(String name, String folder, long files, long bytes, List<Finding> findings) {

    public Verified {
        findings = List.copyOf(findings);
    }

    /** How many findings are of that kind. */
    public long count(Kind kind) {
        return findings.stream().filter(finding -> finding.kind() == kind).count();
    }
}
