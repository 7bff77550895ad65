package io.synctools.testing;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.SyncItem;
import io.synctools.spi.Claim;
import io.synctools.spi.Extent;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.Session;
import io.synctools.spi.Source;
import io.synctools.spi.Target;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A target where nothing is ever there and nothing is kept: each entry that is pulled is handed to somebody. Thread-safe if
 * that one is.
 *
 * @param <S> the kind of source
 * @param pullsFrom the kind of source
 * @param isPlace whether destinations have paths, as files have and images have not
 * @param pull what is done with each entry
 */
public record PullTarget<S extends Source>(Class<S> pullsFrom, boolean isPlace, Pull pull) implements Target<S> {

    /** Takes one entry. */
    @FunctionalInterface
    public interface Pull {
        /** Takes it. */
        void of(Entry entry, Progress progress) throws IOException, InterruptedException;
    }

    @Override
    public String path(ArtifactRef destination) {
        return isPlace ? destination.name() : "";
    }

    @Override
    public Replica open(S source, SyncItem item, Reporter reporter) {
        return new Replica() {
            @Override
            public Optional<Extent> published(ArtifactRef pinned) {
                return Optional.empty();
            }

            @Override
            public Session look(ArtifactRef pinned, Listing listing) {
                return new Taking();
            }

            @Override
            public Claim claim() {
                return new Taking();
            }
        };
    }

    private final class Taking implements Claim, Session {
        @Override
        public boolean moved() {
            return false;
        }

        @Override
        public Session admit(ArtifactRef pinned, Listing listing) {
            return this;
        }

        @Override
        public Presence check(Entry entry) {
            return Presence.ABSENT;
        }

        @Override
        public void reserve(List<Entry> missing) {}

        @Override
        public void pull(Entry entry, Progress progress) throws IOException, InterruptedException {
            pull.of(entry, progress);
        }

        @Override
        public boolean publish(Listing listing) {
            return true;
        }

        @Override
        public void close() {}
    }
}
