package io.synctools.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Work that was done before: its first round does it unmeasured, and all rounds find nothing to do there. */
final class Repeated implements Contender.Work {
    private final BenchSetup place;
    private final Contender.Work work;
    private @Nullable Path done;

    Repeated(BenchSetup place, Contender.Work work) {
        this.place = place;
        this.work = work;
    }

    @Override
    public void before(Path into) throws IOException, InterruptedException {
        if (done == null) {
            new Stopwatch(place.folder()).run(work.command(into), work.environment());
            done = into;
        }
    }

    @Override
    public List<String> command(Path into) throws IOException {
        return work.command(done == null ? into : done);
    }

    @Override
    public Map<String, String> environment() {
        return work.environment();
    }

    @Override
    public void check(Path into, String printed) throws IOException {
        work.check(done == null ? into : done, printed);
    }
}
