package io.synctools;

import io.synctools.SyncReport.Failure;
import io.synctools.internal.retry.Retrier;
import io.synctools.internal.threads.Threads;
import io.synctools.model.ArtifactRef;
import io.synctools.spi.Source;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Asks sources whether artifacts are there and may be read. Used once. */
final class PresenceCheck {
    private final Retrier retrier;
    private final Threads threads;
    /** What the hosts said that will probably meet the next question with the same. */
    private final Map<String, Failure> troubled = new ConcurrentHashMap<>();

    PresenceCheck(Retrier retrier, Threads threads) {
        this.retrier = retrier;
        this.threads = threads;
    }

    /** Those that are not, with the reason; see {@link Syncer#unreadable}. */
    Map<ArtifactRef, Failure> unreadable(Map<ArtifactRef, Source> asked, int atOnce) throws InterruptedException {
        if (Thread.interrupted()) { // else an answer that is there already would come back as if nothing had happened
            throw new InterruptedException();
        }
        ExecutorService pool = threads.pool("sync-ask", atOnce);
        try {
            Map<ArtifactRef, Future<Optional<Failure>>> answers = new LinkedHashMap<>();
            asked.forEach((artifact, source) -> answers.put(artifact, pool.submit(() -> ask(artifact, source))));
            Map<ArtifactRef, Failure> failures = new LinkedHashMap<>();
            for (Map.Entry<ArtifactRef, Future<Optional<Failure>>> one : answers.entrySet()) {
                one.getValue().get().ifPresent(failure -> failures.put(one.getKey(), failure));
            }
            return failures;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a question ended without an answer", e.getCause());
        } finally {
            threads.end(pool);
        }
    }

    private Optional<Failure> ask(ArtifactRef artifact, Source source) throws InterruptedException {
        String host = artifact.scheme() + ":" + artifact.name().replaceFirst("/.*", ""); // or the kind, of a hub
        Failure before = troubled.get(host);
        if (before != null) {
            return Optional.of(
                    new Failure("", before.kind(), "was not asked about, because " + before.message(), true));
        }
        try {
            retrier.call("ask about " + artifact, () -> {
                source.check(artifact);
                return true;
            });
            return Optional.empty();
        } catch (RuntimeException e) {
            Failure failure = FailureClassifier.of("", e);
            if (FailureClassifier.concernsAll(failure.kind())) {
                troubled.putIfAbsent(host, failure);
            }
            return Optional.of(failure);
        }
    }
}
