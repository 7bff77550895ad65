package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncPlan;
import io.synctools.spi.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mirrors between two real registries by the real skopeo, the destination behind a password. */
class RegistriesIT {
    private final Path folder;
    private final LocalRegistry source;
    private final LocalRegistry destination;
    private final RegistryProxy from;
    private final RegistryProxy to;

    RegistriesIT(@TempDir Path folder) throws Exception {
        this.folder = folder;
        Files.createDirectories(folder.resolve("tmp"));
        source = LocalRegistry.open(folder.resolve("source"));
        destination = LocalRegistry.withPassword(folder.resolve("destination"));
        from = RegistryProxy.before(source.authority());
        to = RegistryProxy.before(destination.authority());
    }

    @AfterEach
    void stopRegistries() throws Exception {
        from.close();
        to.close();
        source.close();
        destination.close();
    }

    @Test
    void copiesAllTagsThenFindsNothingToDo() throws Exception {
        for (int i = 0; i < 5; i++) {
            TestImage.oci("image " + i).push(source.authority(), "ascend/cann", "v" + i);
        }
        SyncReport first = run();
        assertEquals(Outcome.COPIED, only(first).outcome(), first::toJson);
        assertEquals(5, only(first).entries().copied());
        from.reset();
        to.reset();
        SyncReport second = run();
        assertEquals(Outcome.UP_TO_DATE, only(second).outcome(), second::toJson);
        assertEquals(11, only(second).requests(), second::toJson);
        assertEquals(0, to.count("PUT", ""));
        assertTrue(to.connections() <= 4);
    }

    private SyncReport run() {
        return Syncer.builder().settings(settings()).build().run(plan());
    }

    private SyncPlan plan() {
        return SyncPlan.of(
                "test",
                List.of(SyncItem.of(
                        ArtifactRef.of("docker", "quay.io/ascend/cann"),
                        ArtifactRef.of("docker", "swr.cn-east-4.myhuaweicloud.com/base/cann"))));
    }

    private Settings settings() {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("TMPDIR", folder.resolve("tmp").toString());
        environment.put("SWR_CN_EAST_4_MYHUAWEICLOUD_COM_USER", LocalRegistry.USER);
        environment.put("SWR_CN_EAST_4_MYHUAWEICLOUD_COM_PASSWORD", LocalRegistry.PASSWORD);
        return Settings.of(environment)
                .with("registry.quay.io", from.authority())
                .with("registry.swr.cn-east-4.myhuaweicloud.com", to.authority());
    }

    private static SyncReport.Item only(SyncReport report) {
        assertEquals(1, report.items().size());
        return report.items().get(0);
    }
}
