package io.synctools.mirror;

import io.synctools.mirror.Finding.Kind;
import java.util.List;

/**
 * What verifying one subject found.
 *
 * @param subject what was verified
 * @param files how many proven files were looked at
 * @param bytes how many bytes were read
 * @param findings what is wrong, by kind and path
 */
public record Verified(Subject subject, long files, long bytes, List<Finding> findings) {

    public Verified {
        findings = List.copyOf(findings);
    }

    /** How many findings are of that kind. */
    public long count(Kind kind) {
        return findings.stream().filter(finding -> finding.kind() == kind).count();
    }
}
