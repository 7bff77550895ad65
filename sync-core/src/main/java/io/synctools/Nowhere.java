package io.synctools;

import io.synctools.model.ArtifactRef;
import io.synctools.model.Entry;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.spi.Presence;
import io.synctools.spi.Progress;
import io.synctools.spi.Replica;
import io.synctools.spi.Source;
import io.synctools.spi.Target;

/** Stands in for a target whose place nobody looks at: nothing is ever there, so that a preview shows all that is declared. */
record Nowhere(Target<?> meant) implements Target<Source> {

    @Override
    public Class<Source> pullsFrom() {
        return Source.class;
    }

    @Override
    public Replica open(Source source, ArtifactRef pinned, ArtifactRef destination, NameFilter filter) {
        return new Nothing();
    }

    @Override
    public String path(ArtifactRef destination) {
        return meant.path(destination);
    }

    private record Nothing() implements Replica {

        @Override
        public Presence check(Entry entry) {
            return Presence.ABSENT;
        }

        @Override
        public void pull(Entry entry, Progress progress) {
            throw new IllegalStateException("a preview pulls nothing");
        }

        @Override
        public void publish(Listing listing) {
            throw new IllegalStateException("a preview publishes nothing");
        }

        @Override
        public void close() {}
    }
}
