package io.synctools.mirror;

import io.synctools.file.Proof;
import io.synctools.internal.threads.Threads;
import io.synctools.mirror.Finding.Kind;
import io.synctools.model.Entry;
import io.synctools.model.SyncException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Compares what was published in a place that is no folder with its proof, by checksums that the place tells. */
public final class RemoteVerifier {
    private final RemoteMirror mirror;
    private final int threads;

    /** @param threads how many files are asked for at a time */
    public RemoteVerifier(RemoteMirror mirror, int threads) {
        this.mirror = mirror;
        this.threads = threads;
    }

    /** What is to be verified as one: a revision, or why there is none. */
    public record Subject(String name, Optional<RemoteRevision> revision) {}

    /** Verifies one after another, and tells of each as soon as it is done. */
    public void verify(List<Subject> subjects, Consumer<Verified> each) throws IOException, InterruptedException {
        try (Threads owner = new Threads()) {
            ExecutorService pool = owner.pool("sync-verify", threads);
            for (Subject subject : subjects) {
                each.accept(verify(subject, pool));
            }
        }
    }

    private Verified verify(Subject subject, ExecutorService pool) throws IOException, InterruptedException {
        if (subject.revision().isEmpty()) {
            return new Verified(subject.name(), mirror.address(), 0, 0, List.of(missing("it was never published")));
        }
        RemoteRevision revision = subject.revision().get();
        if (revision.proof().isEmpty()) {
            Finding foreign = new Finding(Kind.FOREIGN, "", "no proof of ours covers " + revision.id());
            return new Verified(subject.name(), mirror.address(), 0, 0, List.of(foreign));
        }
        List<Entry> files = mirror.files(revision);
        List<Finding> findings = new ArrayList<>(findings(revision, files, pool));
        Proof proof = revision.proof().get();
        if (files.size() != proof.files()) {
            findings.add(missing(files.size() + " files are there instead of " + proof.files()));
        }
        findings.sort(Comparator.comparing(Finding::kind).thenComparing(Finding::path));
        long bytes = files.stream().mapToLong(Entry::size).sum();
        return new Verified(subject.name(), mirror.address(), files.size(), bytes, findings);
    }

    private List<Finding> findings(RemoteRevision revision, List<Entry> files, ExecutorService pool)
            throws IOException, InterruptedException {
        List<Future<Optional<Finding>>> asked = new ArrayList<>();
        for (Entry file : files) {
            asked.add(pool.submit(() -> mirror.fault(revision, file)));
        }
        List<Finding> findings = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            String path = files.get(i).path();
            try {
                asked.get(i).get().ifPresent(findings::add);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof SyncException known) {
                    findings.add(new Finding(Kind.DAMAGED, path, "cannot be looked at: " + known.getMessage()));
                } else if (e.getCause() instanceof IOException unheard) {
                    throw unheard;
                } else {
                    throw new IllegalStateException("verifying " + revision.to() + " failed: " + e.getCause(), e);
                }
            }
        }
        return findings;
    }

    private static Finding missing(String detail) {
        return new Finding(Kind.MISSING, "", detail);
    }
}
