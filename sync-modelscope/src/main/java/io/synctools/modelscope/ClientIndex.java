package io.synctools.modelscope;

import io.synctools.file.FolderIndex;
import io.synctools.file.Proof;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What {@code .msc} and {@code .mv} say of a publication. The client writes both when it downloads into the folder: another
 * revision's name, or other commits of our files, tell that it did ({@code docs/protocols/modelscope.md} section 6.1).
 */
final class ClientIndex implements FolderIndex {
    private final Map<String, Long> lines;

    private final boolean otherRevision;
    private final String mark;
    private final AtomicLong sum = new AtomicLong();

    private ClientIndex(Map<String, Long> lines, boolean otherRevision, String mark) {
        this.lines = lines;
        this.otherRevision = otherRevision;
        this.mark = mark;
    }

    /** @throws IndexReader.RefusedException if it is no index */
    static ClientIndex read(Path index, String version, Proof proof) throws IOException {
        Map<String, Long> lines = new HashMap<>();
        IndexReader.read(index, (path, revision) -> lines.put(path, IndexMark.of(path, revision)));
        return new ClientIndex(lines, !revisionIn(version).equals(proof.revision()), proof.index());
    }

    /** {@code Revision:<name>,CreatedAt:<seconds>} of a model, the bare name of a dataset. */
    private static String revisionIn(String version) {
        String text = version.strip();
        String named = text.startsWith("Revision:") ? text.substring("Revision:".length()) : text;
        int comma = named.lastIndexOf(",CreatedAt:");
        return comma < 0 ? named : named.substring(0, comma);
    }

    @Override
    public boolean lists(String path) {
        Long line = lines.get(path);
        if (line != null) {
            sum.addAndGet(line);
        }
        return line != null;
    }

    @Override
    public Optional<String> foreign() {
        IndexMark found = new IndexMark();
        found.add(sum.get());
        boolean others = otherRevision || (!mark.isEmpty() && !mark.equals(found.text()));
        return others
                ? Optional.of("the hub's client wrote another revision over what was published; a run brings it back")
                : Optional.empty();
    }
}
