package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.spi.Settings;
import io.synctools.testing.MemoryHub;
import io.synctools.testing.MemoryShelf;
import io.synctools.testing.RecordingListener;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SyncerTest {
    private final MemoryHub hub = new MemoryHub();
    private final MemoryShelf shelf = new MemoryShelf();
    private final RecordingListener listener = new RecordingListener();
    private final Syncer syncer = Syncer.builder()
            .settings(Settings.of(Map.of()).with("retry-for", "PT0.5S").with("retries", "1"))
            .platforms(Platforms.builder()
                    .source("hub", hub)
                    .target("shelf", shelf)
                    .build())
            .listener(listener)
            .build();

    private static SyncItem item(String name) {
        return SyncItem.of(ArtifactRef.of("hub", name), ArtifactRef.of("shelf", name));
    }

    @Test
    void bringsAllThere() {
        String id = hub.commitText("models/o/a", Map.of("config.json", "{}", "weights", "xxxxxxxxxx", "empty", ""));
        SyncReport report = syncer.run(SyncPlan.of("flow", List.of(item("models/o/a"))));
        assertEquals(0, report.exit());
        assertEquals(3, shelf.files("models/o/a").size());
        assertEquals(id, report.items().get(0).revision().orElseThrow());
        listener.assertLegalOrder();
    }
}
