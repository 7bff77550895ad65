package io.synctools;

import io.synctools.model.SyncItem;
import io.synctools.spi.Replica;
import io.synctools.spi.Reporter;
import io.synctools.spi.Source;
import io.synctools.spi.Target;
import java.io.IOException;

/**
 * A source and a target that can pull from it.
 *
 * @param <S> the kind of source
 * @param source where artifacts come from
 * @param target where they go
 */
record Route<S extends Source>(S source, Target<S> target) {

    /**
     * Matches a source with a target: the only place of the engine that looks at a type.
     *
     * @throws IllegalArgumentException if the target pulls from another kind of source
     */
    static Route<?> of(Source source, Target<?> target) {
        return match(source, target);
    }

    private static <S extends Source> Route<S> match(Source source, Target<S> target) {
        Class<S> kind = target.pullsFrom();
        if (!kind.isInstance(source)) {
            throw new IllegalArgumentException(target.getClass().getSimpleName() + " pulls from a "
                    + kind.getSimpleName() + ", and " + source.getClass().getSimpleName() + " is none");
        }
        return new Route<>(kind.cast(source), target);
    }

    /** Opens an item's destination; see {@link Target#open}. */
    Replica open(SyncItem item, Reporter reporter) throws IOException, InterruptedException {
        return target.open(source, item, reporter);
    }
}
