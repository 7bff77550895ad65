package io.synctools.examples.guides;

import io.synctools.model.Option;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.spi.TargetProvider;
import java.nio.file.Path;
import java.util.List;

/** Makes archives available as {@code archive:<team>/<name>}. */
public final class ArchiveTargetProvider implements TargetProvider {
    /** The folder that holds all archives. */
    public static final Option<Path> ROOT = Option.path("archive-root", "DIR", "the folder that holds all archives");

    @Override
    public String scheme() {
        return "archive";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(ROOT);
    }

    @Override
    public Target<?> create(RunContext context) {
        SyncOptions options = context.options();
        return new ArchiveTarget(
                options.find(ROOT).orElseThrow(() -> new IllegalArgumentException("give the option \"archive-root\"")),
                context);
    }
}
