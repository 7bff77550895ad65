package io.synctools;

import io.synctools.model.ArtifactRef;
import io.synctools.spi.Target;
import java.io.IOException;

/** How far a run goes: all the way, or no further than looking. */
enum Intent {
    /** Brings everything there. */
    MIRROR {
        @Override
        void recover(Target<?> target, ArtifactRef destination) throws IOException, InterruptedException {
            target.recover(destination);
        }

        @Override
        boolean settle(Attempt attempt) throws InterruptedException {
            return attempt.mirror();
        }
    },

    /** Writes nothing, and says what would be done. */
    PREVIEW {
        @Override
        void recover(Target<?> target, ArtifactRef destination) {}

        @Override
        boolean settle(Attempt attempt) throws InterruptedException {
            return attempt.preview();
        }
    };

    /** Makes a destination ready to be looked at. */
    abstract void recover(Target<?> target, ArtifactRef destination) throws IOException, InterruptedException;

    /** Goes on after all entries were checked; false if the source moved on meanwhile. */
    abstract boolean settle(Attempt attempt) throws InterruptedException;
}
