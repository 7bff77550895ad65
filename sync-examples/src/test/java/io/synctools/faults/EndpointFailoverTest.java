package io.synctools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.huggingface.HuggingFaceOptions;
import io.synctools.model.SyncOptions;
import io.synctools.modelscope.ModelScopeOptions;
import io.synctools.spi.RunContext;
import io.synctools.testing.Fault;
import io.synctools.testing.FaultHub;
import io.synctools.testing.HubRepo;
import io.synctools.testing.PendingResponse.End;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where the first address of a hub is dead, the second serves, and the report says so. */
@Execution(ExecutionMode.CONCURRENT)
class EndpointFailoverTest {

    @TempDir
    Path folder;

    static Stream<Arguments> deaths() {
        Map<String, Consumer<FaultHub>> deaths = Map.of(
                "is not there", FaultHub::close,
                "answers 502", hub -> hub.inject(any -> true, FaultHub.always(), Fault.status(502)),
                "resets", hub -> hub.inject(any -> true, FaultHub.always(), Fault.beforeHeaders(End.RESET)),
                "closes", hub -> hub.inject(any -> true, FaultHub.always(), Fault.beforeHeaders(End.CLOSE)),
                "is silent", hub -> hub.inject(any -> true, FaultHub.always(), Fault.beforeHeaders(End.SILENCE)));
        return deaths.entrySet().stream().flatMap(death -> Arrays.stream(MirrorRoute.values())
                .map(route -> Arguments.of(death.getKey(), route, death.getValue())));
    }

    @ParameterizedTest(name = "{0} | {1}")
    @MethodSource("deaths")
    void theNextAddressServes(String name, MirrorRoute route, Consumer<FaultHub> death) throws Exception {
        HubRepo repo = Victim.RANGED.repository(route.repository(), 1);
        try (FaultHub dead = FaultHub.start();
                FaultHub alive = FaultHub.start()) {
            dead.put(repo);
            alive.put(repo);
            String both = dead.url() + "," + alive.url();
            death.accept(dead);

            SyncReport.Item item = run(route, both);

            assertEquals(Outcome.COPIED, item.outcome(), () -> name + " | " + route + ": " + item.failures());
            assertEquals(alive.url().substring("http://".length()), item.host());
            assertEquals(repo.files().keySet(), route.visible(folder).keySet());
            int asked = dead.requests().size();
            assertTrue(asked < 6, () -> asked + " requests to the dead one, although another one serves");
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void aHubOfWhichNothingIsLeftFailsInTheEnd(MirrorRoute route) throws Exception {
        SyncReport.Item item = run(route, "http://127.0.0.1:" + closedPort() + ",http://127.0.0.1:" + closedPort());

        assertEquals(Outcome.FAILED, item.outcome());
        assertTrue(item.failures().get(0).retryable(), item.failures().toString());
    }

    static Stream<MirrorRoute> routes() {
        return Stream.of(MirrorRoute.values());
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private SyncReport.Item run(MirrorRoute route, String endpoints) {
        RunContext context = RunContext.of(SyncOptions.builder()
                .environment(Map.of("MODELSCOPE_ENDPOINT", endpoints, "HF_ENDPOINT", endpoints))
                .set(ModelScopeOptions.CACHE, folder)
                .set(HuggingFaceOptions.CACHE, folder)
                .set(HuggingFaceOptions.LOCAL_ROOT, folder)
                .partSize(Victim.PART)
                .connections(4)
                .stall(Duration.ofSeconds(2))
                .retries(2)
                .build());
        return Syncer.builder()
                .context(context)
                .build()
                .run(route.plan())
                .items()
                .get(0);
    }
}
