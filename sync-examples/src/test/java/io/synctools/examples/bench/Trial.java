package io.synctools.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Scores made by hand. */
final class Trial {
    private Trial() {}

    /** Contenders without work; names that begin with "sync" are ours. */
    static Scores of(String... names) {
        return Scores.of(List.of(names).stream()
                .map(name -> name.startsWith("sync")
                        ? Contender.ours(name, new Nothing())
                        : Contender.peer(name, Contender.OURS, new Nothing()))
                .toList());
    }

    /** Lets a contender take so many seconds in rounds 1, 2 and so on. */
    static void took(Scores scores, String name, double... seconds) {
        for (int round = 1; round <= seconds.length; round++) {
            scores.add(name, round, new Stopwatch.Reading(seconds[round - 1], 0.5, 100, ""), 6, 2);
        }
    }

    private record Nothing() implements Contender.Work {
        @Override
        public List<String> command(Path into) throws IOException {
            return List.of("true");
        }

        @Override
        public void check(Path into, String printed) {}
    }
}
