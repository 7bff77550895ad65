package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.ArtifactRef;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.RetryLaterException;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PresenceCheckTest {
    /** Is asked by pin and list, as a platform without a question of its own is; names tell what it answers. */
    private static final class Named implements Source {
        private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

        @Override
        public ArtifactRef pin(ArtifactRef ref) throws IOException {
            asked.add(ref.name());
            if (ref.name().contains("down")) {
                throw new RetryLaterException(FailureKind.UNAVAILABLE, "the hub answers 503", Optional.empty());
            }
            return ref.pinned("main", "1");
        }

        @Override
        public Listing list(ArtifactRef pinned, NameFilter filter) {
            if (pinned.name().contains("hidden")) {
                throw new SyncException(FailureKind.ACCESS, "set a token");
            }
            return Listing.divide(List.of(), filter, Map.of());
        }
    }

    private final Named source = new Named();
    private final Syncer syncer = Syncer.builder()
            .platforms(Platforms.builder().source("hub", source).build())
            .context(RunContext.of(SyncOptions.builder().retries(0).jobs(1).build()))
            .build();

    private static List<ArtifactRef> refs(String... names) {
        return Stream.of(names).map(name -> ArtifactRef.of("hub", name)).toList();
    }

    @Test
    void whatIsThereIsNotNamed() throws InterruptedException {
        Map<ArtifactRef, SyncReport.Failure> failures =
                syncer.unreadable(refs("models/o/a", "models/o/hidden", "models/o/b"));
        assertEquals(refs("models/o/hidden"), List.copyOf(failures.keySet()));
        assertEquals(
                FailureKind.ACCESS, failures.get(refs("models/o/hidden").get(0)).kind());
        assertEquals(List.of("models/o/a", "models/o/hidden", "models/o/b"), source.asked);
        assertEquals(Map.of(), syncer.unreadable(List.of()));
    }

    @Test
    void aHostThatDoesNotAnswerIsNotAskedAgain() throws InterruptedException {
        Map<ArtifactRef, SyncReport.Failure> failures =
                syncer.unreadable(refs("one.example/down", "one.example/b", "two.example/c"));
        assertEquals(refs("one.example/down", "one.example/b"), List.copyOf(failures.keySet()));
        assertEquals(List.of("one.example/down", "two.example/c"), source.asked);
        SyncReport.Failure notAsked = failures.get(refs("one.example/b").get(0));
        assertEquals(FailureKind.UNAVAILABLE, notAsked.kind());
        assertTrue(notAsked.message().startsWith("was not asked about, because "), notAsked.message());
        assertTrue(notAsked.message().contains("the hub answers 503"), notAsked.message());
    }

    @Test
    void aSchemeThatNobodyProvidesIsAMistake() {
        assertThrows(
                IllegalArgumentException.class, () -> syncer.unreadable(List.of(ArtifactRef.of("none", "models/o/a"))));
    }

    @Test
    void anInterruptionEndsTheQuestions() {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> syncer.unreadable(refs("models/o/a")));
        assertEquals(List.of(), source.asked);
    }
}
