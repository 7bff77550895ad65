package io.synctools.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.internal.http.ItemMeter;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncException;
import io.synctools.spi.Source;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every source must do; a platform's author extends it and serves what it asks for. */
@Timeout(60)
public abstract class SourceContract {

    /** For subclasses. */
    protected SourceContract() {}

    /** The source under test; the same each time within one test. */
    protected abstract Source source() throws Exception;

    /** An artifact of the source that holds exactly entries of these names; unpinned, of the default revision. */
    protected abstract ArtifactRef repository(Set<String> names) throws Exception;

    /** An artifact of the source that does not exist. */
    protected abstract ArtifactRef absent() throws Exception;

    /** Some names that the platform accepts; three at least. */
    protected Set<String> names() {
        return Set.of("config", "weights-1", "weights-2", "tokenizer");
    }

    @Test
    void pinningAsksAtMostOnceAndGivesTheSameWhileNothingMoves() throws Exception {
        ArtifactRef artifact = repository(names());
        source().pin(artifact); // tokens and the like may be fetched once
        ItemMeter meter = new ItemMeter();
        ItemMeter.Scope scope = meter.bind();
        ArtifactRef pinned = source().pin(artifact);
        scope.close();

        assertTrue(meter.requests() <= 1, () -> meter.requests() + " requests to pin");
        assertEquals(pinned, source().pin(artifact));
        assertEquals(artifact.name(), pinned.name());
        assertEquals(artifact.scheme(), pinned.scheme());
    }

    @Test
    void theListingIsComplete() throws Exception {
        Set<String> names = names();
        ArtifactRef pinned = source().pin(repository(names));

        Listing listing = source().list(pinned, NameFilter.ALL);

        assertEquals(new TreeSet<>(names), paths(listing.entries()));
        assertEquals(names.size(), listing.entries().size(), "no entry twice");
        assertEquals(List.of(), listing.leftOut());
        assertEquals(listing.entries(), source().list(pinned, NameFilter.ALL).entries(), "always the same");
    }

    @Test
    void aListingOfManyEntriesIsComplete() throws Exception {
        Set<String> many = IntStream.range(0, 2345).mapToObj(i -> "entry-" + i).collect(Collectors.toSet());
        ArtifactRef pinned = source().pin(repository(many));

        Listing listing = source().list(pinned, NameFilter.ALL);

        assertEquals(many.size(), listing.entries().size());
        assertTrue(many.equals(paths(listing.entries())), "other names");
    }

    @Test
    void theFilterDividesTheListing() throws Exception {
        Set<String> names = names();
        ArtifactRef pinned = source().pin(repository(names));
        Set<String> chosen = new HashSet<>(names);
        chosen.remove(new TreeSet<>(names).first());

        Listing listing = source().list(pinned, new Chosen(chosen));

        assertEquals(new TreeSet<>(chosen), paths(listing.entries()));
        assertEquals(Set.of(new TreeSet<>(names).first()), paths(listing.leftOut()));
    }

    @Test
    void anAbsentArtifactIsAFailureThatNamesIt() throws Exception {
        ArtifactRef absent = absent();

        SyncException refused =
                assertThrows(SyncException.class, () -> source().list(source().pin(absent), NameFilter.ALL));

        assertTrue(
                refused.kind() == FailureKind.NOT_FOUND || refused.kind() == FailureKind.ACCESS, refused::getMessage);
        assertFalse(refused.retryable());
        String last = absent.name().substring(absent.name().lastIndexOf('/') + 1);
        assertTrue(String.valueOf(refused.getMessage()).contains(last), refused::getMessage);
    }

    @Test
    void aCheckAsksNoMoreThanPinAndListAndFailsForWhatIsAbsent() throws Exception {
        ArtifactRef artifact = repository(names());
        source().check(artifact); // tokens and the like may be fetched once
        ItemMeter whole = new ItemMeter();
        try (ItemMeter.Scope scope = whole.bind()) {
            source().list(source().pin(artifact), NameFilter.ALL);
        }
        ItemMeter check = new ItemMeter();
        try (ItemMeter.Scope scope = check.bind()) {
            source().check(artifact);
        }
        assertTrue(check.requests() <= whole.requests(), () -> check.requests() + " requests to check");

        ArtifactRef absent = absent();
        SyncException refused = assertThrows(SyncException.class, () -> source().check(absent));
        assertTrue(
                refused.kind() == FailureKind.NOT_FOUND || refused.kind() == FailureKind.ACCESS, refused::getMessage);
        String last = absent.name().substring(absent.name().lastIndexOf('/') + 1);
        assertTrue(String.valueOf(refused.getMessage()).contains(last), refused::getMessage);
    }

    static Set<String> paths(List<Entry> entries) {
        return entries.stream().map(Entry::path).collect(Collectors.toCollection(TreeSet::new));
    }

    private record Chosen(Set<String> names) implements NameFilter {
        @Override
        public boolean accepts(String name) {
            return names.contains(name);
        }

        @Override
        public String text() {
            return String.join(" ", new TreeSet<>(names));
        }
    }
}
