package io.synctools.examples.guides;

import io.synctools.PlanException;
import io.synctools.SyncListener;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.config.Destinations;
import io.synctools.config.ListKind;
import io.synctools.config.ListReader;
import io.synctools.config.ListReading;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.modelscope.ModelScopeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Mirrors what a list of models declares, from inside a program of one's own. */
final class Nightly {
    private final SyncOptions options;

    Nightly(Map<String, String> environment, Path cache) {
        this.options = SyncOptions.builder()
                .environment(environment)
                .set(ModelScopeOptions.CACHE, cache)
                .jobs(8)
                .bandwidth(200_000_000) // bytes per second
                .build();
    }

    /** The plan of a list: read, checked, nobody contacted. */
    SyncPlan plan(Path list) {
        ListReader reader = new ListReader(Destinations.standard(Optional.empty()));
        ListReading reading = reader.read(ListKind.MODELS, List.of(list));
        if (reading.hasErrors()) {
            throw new PlanException(reading.faults());
        }
        return SyncPlan.of("nightly", reading.items());
    }

    /** Mirrors, and leaves a report. The calling thread may be interrupted: the run ends within seconds. */
    SyncReport mirror(SyncPlan plan, Path report) throws IOException {
        Syncer syncer =
                Syncer.builder().options(options).listener(new Progress()).build();
        SyncReport result = syncer.run(plan);
        result.write(report);
        return result;
    }

    /** Called one at a time, on threads of the engine. */
    private static final class Progress implements SyncListener {
        @Override
        public void itemFinished(SyncItem item, SyncReport.Item result) {
            System.out.println(item.label() + ": " + result.outcome());
            result.failures().forEach(failure -> System.out.println("  " + failure.message()));
        }
    }
}
