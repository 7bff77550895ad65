package io.synctools.examples;

import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.Syncer;
import io.synctools.config.Destinations;
import io.synctools.config.KnownNames;
import io.synctools.config.Lint;
import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says what may have been meant by a name that a hub does not know: a near name from the lists, or the same name as the
 * other kind of repository, which costs the hub one question more for each of the first few.
 */
final class MeantNames {
    private static final int ASKED = 20;

    private final Path shipped;
    private final String home;

    MeantNames(Path shipped, String home) {
        this.shipped = shipped;
        this.home = home;
    }

    /** The report with what may have been meant in the failures that say that something is not there. */
    SyncReport explain(SyncReport report, SyncPlan plan, Syncer syncer) {
        Map<String, ArtifactRef> declared = plan.items().stream()
                .map(SyncItem::from)
                .collect(Collectors.toMap(ArtifactRef::text, artifact -> artifact, (a, b) -> a));
        Map<String, ArtifactRef> unknown = new LinkedHashMap<>();
        for (Item item : report.items()) {
            ArtifactRef artifact = declared.get(item.from());
            if (isUnknown(item) && artifact != null && isRepository(artifact)) {
                unknown.put(item.from(), artifact);
            }
        }
        if (unknown.isEmpty()) {
            return report;
        }
        Map<String, String> hints = hints(unknown, known(report, declared), syncer);
        return report.withItems(report.items().stream()
                .map(item ->
                        isUnknown(item) && hints.containsKey(item.from()) ? with(item, hints.get(item.from())) : item)
                .toList());
    }

    /** Whether the hub does not know it by its name; where a revision is declared, that may be what is wrong. */
    private static boolean isUnknown(Item item) {
        return item.declaredRevision().isEmpty()
                && item.failures().stream()
                        .anyMatch(failure -> failure.entry().isEmpty()
                                && (failure.kind() == FailureKind.NOT_FOUND || failure.kind() == FailureKind.ACCESS));
    }

    private static boolean isRepository(ArtifactRef artifact) {
        return artifact.name().startsWith("models/") || artifact.name().startsWith("datasets/");
    }

    private KnownNames known(SyncReport report, Map<String, ArtifactRef> declared) {
        Set<String> failed = report.items().stream()
                .filter(item -> !item.well())
                .map(Item::from)
                .collect(Collectors.toSet());
        Stream<ArtifactRef> there = declared.entrySet().stream()
                .filter(one -> !failed.contains(one.getKey()))
                .map(Map.Entry::getValue);
        Stream<ArtifactRef> usual;
        try {
            usual = new Lint(Destinations.standard(Optional.of(home)))
                    .declared(Lint.readFolder(shipped)).stream()
                            .map(SyncItem::from)
                            .filter(artifact -> !failed.contains(artifact.text()));
        } catch (IOException e) {
            usual = Stream.empty(); // only a hint is poorer
        }
        return new KnownNames(Stream.concat(there, usual).toList());
    }

    private static Map<String, String> hints(Map<String, ArtifactRef> unknown, KnownNames known, Syncer syncer) {
        Map<String, String> hints = new LinkedHashMap<>();
        Map<String, ArtifactRef> others = new LinkedHashMap<>();
        unknown.forEach((from, artifact) -> {
            String near = known.hint(artifact);
            if (!near.isEmpty()) {
                hints.put(from, near);
            } else if (others.size() < ASKED) {
                others.put(from, ArtifactRef.of(artifact.scheme(), otherKind(artifact.name())));
            }
        });
        try {
            Set<ArtifactRef> absent = syncer.unreadable(others.values()).keySet();
            others.forEach((from, other) -> {
                if (!absent.contains(other)) {
                    hints.put(from, new KnownNames(List.of(other)).hint(Objects.requireNonNull(unknown.get(from))));
                }
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return hints;
    }

    private static String otherKind(String name) {
        return name.startsWith("models/") ? "datasets/" + name.substring(7) : "models/" + name.substring(9);
    }

    private static Item with(Item item, String hint) {
        List<Failure> failures = new ArrayList<>(item.failures());
        Failure first = failures.get(0);
        failures.set(0, new Failure(first.entry(), first.kind(), first.message() + hint, first.retryable()));
        return item.withFailures(failures);
    }
}
