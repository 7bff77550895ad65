package io.synctools.s3;

import io.synctools.model.ArtifactRef;
import io.synctools.spi.FileSource;
import io.synctools.spi.RunContext;
import io.synctools.spi.Target;
import io.synctools.testing.FileTargetContract;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The published contract, against a real store. */
class StoreTargetTest extends FileTargetContract {
    private static LocalStore store;
    private static int tests;
    private String prefix;

    @BeforeAll
    static void start() throws Exception {
        store = new LocalStore();
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
    }

    @BeforeEach
    void beginEmpty() {
        prefix = "test-" + ++tests;
    }

    @Override
    protected Target<FileSource> target(RunContext context) {
        return new StoreTarget(store.context(context.options()), StoreTarget.PART, StoreTarget.COPIED_WHOLE);
    }

    @Override
    protected ArtifactRef destination(String name) {
        return ArtifactRef.of("s3", LocalStore.BUCKET + "/" + prefix + "/" + name);
    }

    @Override
    protected Map<String, byte[]> visible(ArtifactRef destination) throws Exception {
        StorePlace place = StorePlace.of(destination);
        Optional<StoreApi.Small> ref = store.api().get(place.ref("main"), 1000);
        Map<String, byte[]> files = new TreeMap<>();
        if (ref.isPresent()) {
            String folder = place.file(new String(ref.get().bytes(), StandardCharsets.UTF_8), "");
            List<String> keys = new ArrayList<>();
            store.api().list(folder, listed -> keys.add(listed.key()));
            for (String key : keys) {
                files.put(
                        key.substring(folder.length()),
                        store.api().get(key, 10 << 20).orElseThrow().bytes());
            }
        }
        return files;
    }

    @Override
    protected Object trace() throws Exception {
        Map<String, Object> all = new TreeMap<>(store.objects());
        all.replaceAll((key, object) -> key.endsWith(StorePlace.LEASE) ? "" : object);
        return all;
    }
}
