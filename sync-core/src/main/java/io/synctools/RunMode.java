package io.synctools;

/** How far a run goes with each of its items: which of the act's steps it takes. */
enum RunMode {
    /** Brings everything there. */
    MIRROR {
        @Override
        void goOn(ItemWalk walk) throws InterruptedException {
            walk.mirror();
        }
    },

    /** Writes nothing, waits for nobody, and says what would be done. */
    PREVIEW {
        @Override
        void goOn(ItemWalk walk) throws InterruptedException {
            walk.preview();
        }
    },

    /** Asks the sources alone what is declared and how big it is. */
    SURVEY {
        @Override
        void open(ItemWalk walk) {}

        @Override
        boolean begin(ItemWalk walk) {
            return true;
        }

        @Override
        void goOn(ItemWalk walk) throws InterruptedException {
            walk.survey();
        }
    };

    /** Looks at the destination, before the source is pinned. */
    void open(ItemWalk walk) throws InterruptedException {
        walk.openReplica();
    }

    /** What follows the pin, for many items at once; true if more is to be done. */
    boolean begin(ItemWalk walk) throws InterruptedException {
        return !walk.isPublished();
    }

    /** The rest, for few items at once. */
    abstract void goOn(ItemWalk walk) throws InterruptedException;
}
