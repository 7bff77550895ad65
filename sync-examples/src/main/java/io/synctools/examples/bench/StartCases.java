package io.synctools.examples.bench;

import java.nio.file.Path;
import java.util.List;

/** How long it takes to begin. */
final class StartCases {
    private StartCases() {}

    static List<Case> all() {
        return List.of(new Case("help", "./sync --help", "<= 0.35 s", place -> {
            Contender.Work help = new Contender.Work() {
                @Override
                public List<String> command(Path into) {
                    return List.of(place.launcher().toString(), "--help");
                }

                @Override
                public void check(Path into) {
                    // its exit status was checked
                }
            };
            return new Case.Setting(List.of(new Contender(Contender.OURS, help)), () -> 0, () -> 0, List.of());
        }));
    }
}
