package io.synctools.examples.guides;

import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import io.synctools.spi.SourceProvider;
import java.nio.file.Path;

/** Makes folders available as {@code folder:<name>}. */
public final class FolderSourceProvider implements SourceProvider {
    @Override
    public String scheme() {
        return "folder";
    }

    @Override
    public Source create(RunContext context) {
        String root = context.env("FOLDER_ROOT")
                .orElseThrow(() -> new IllegalArgumentException("set FOLDER_ROOT to the folder that holds the others"));
        return new FolderSource(Path.of(root));
    }
}
