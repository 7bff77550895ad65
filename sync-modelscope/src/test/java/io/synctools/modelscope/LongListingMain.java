package io.synctools.modelscope;

import io.synctools.file.Disk;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Listing;
import io.synctools.model.NameFilter;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Pins and lists a long repository and writes its index, twice, so that the second time an index is there to be read.
 * Arguments: endpoint, cache, name. Prints the number of files and how long pinning took, in milliseconds.
 */
final class LongListingMain {
    private LongListingMain() {}

    public static void main(String[] arguments) throws Exception {
        ModelScopeSource source = new ModelScopeSource(RunContext.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_ENDPOINT", arguments[0]))
                .build()));
        ArtifactRef ref = ArtifactRef.of("modelscope", arguments[2]);
        long begin = System.nanoTime();
        ArtifactRef pinned = source.pin(ref);
        long millis = (System.nanoTime() - begin) / 1_000_000;
        Listing listing = source.list(pinned, NameFilter.ALL);
        CacheLayout layout = new CacheLayout(new Disk(), Path.of(arguments[1]), RepositoryId.of(ref));
        Files.createDirectories(layout.folder());
        layout.writeIndex(pinned, listing, layout.folder());
        Path second = Files.createDirectories(Path.of(arguments[1], "second"));
        layout.writeIndex(pinned, listing, second);
        if (Files.mismatch(layout.folder().resolve(".msc"), second.resolve(".msc")) != -1) {
            throw new IllegalStateException("the second index differs");
        }
        System.out.println(listing.entries().size() + " " + millis);
    }
}
