package io.synctools.examples.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.synctools.SyncReport;
import io.synctools.SyncReport.Item;
import io.synctools.examples.deploy.JobController.Ended;
import io.synctools.model.ArtifactRef;
import io.synctools.model.Shard;
import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The job of deploy/kubernetes/job.yaml, as it stands there: real processes of the release over one disk. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class IndexedJobIT {
    private static final int MODELS = 40;
    private static final int SIZE = 60_000;
    private static final long CONTENT = (long) MODELS * SIZE + 2;

    @TempDir
    static Path unpacked;

    private static Release release;

    @TempDir
    Path folder;

    private Job job;

    @BeforeAll
    static void unpack() throws Exception {
        release = Release.unpack(unpacked);
    }

    private static Hub hub(Hub.Options options) throws IOException {
        List<HubRepository> repositories = new ArrayList<>();
        for (int i = 0; i < MODELS; i++) {
            repositories.add(HubRepository.of(name(i), List.of(HubFile.random("model.safetensors", SIZE, i))));
        }
        repositories.add(HubRepository.of("datasets/acme/rows", List.of(HubFile.of("a.csv", "1\n"))));
        return Hub.start(options, repositories);
    }

    private static String name(int i) {
        return "models/acme/m" + i;
    }

    private Path mirror() {
        return folder.resolve("mirror");
    }

    private LocalPods pods(Hub hub) throws IOException {
        job = Manifests.read("kubernetes/job.yaml", Job.class);
        Path lists = Files.createDirectories(folder.resolve("lists"));
        Files.writeString(
                lists.resolve("models.ini"),
                IntStream.range(0, MODELS).mapToObj(i -> "acme/m" + i + "\n").collect(Collectors.joining()));
        Files.writeString(lists.resolve("datasets.ini"), "acme/rows\n");
        Map<String, String> cluster = new HashMap<>(release.environment());
        cluster.put("MODELSCOPE_ENDPOINT", hub.origin().toString());
        return new LocalPods(job, release.sync(), folder, cluster);
    }

    private Release.Ran merge() throws Exception {
        Path reports = mirror().resolve("reports/" + job.getMetadata().getName());
        return release.sync("report", "merge", reports.toString(), "--report=" + folder.resolve("merged.json"));
    }

    private String logs(Ended ended) throws IOException {
        StringBuilder text = new StringBuilder(ended + "\n");
        for (int i = 0; i < job.getSpec().getCompletions(); i++) {
            Path log = folder.resolve("pod-" + i + ".log");
            text.append(i).append(": ").append(Files.exists(log) ? Files.readString(log) : "never started\n");
        }
        return text.toString();
    }

    /** How many of a share's models readers can see. */
    private long published(int index) {
        Shard shard = new Shard(index, job.getSpec().getCompletions());
        return IntStream.range(0, MODELS)
                .filter(i -> shard.owns(ArtifactRef.of("modelscope", name(i))))
                .filter(i -> Files.exists(mirror().resolve("modelscope/hub/" + name(i))))
                .count();
    }

    /** Ends a pod in the middle of its share; completes with whether it was still at work. */
    private CompletableFuture<Boolean> endAmid(int index, Process pod, Runnable how) {
        return CompletableFuture.supplyAsync(() -> {
            while (published(index) < 2 && pod.isAlive()) {
                Thread.onSpinWait();
            }
            boolean atWork = pod.isAlive();
            how.run();
            return atWork;
        });
    }

    @Test
    void aKilledPodAndADrainedOneDelayTheirSharesAlone() throws Exception {
        // Slow enough for a share to take seconds: four connections for each pod.
        try (Hub hub = hub(new Hub.Options(0, Duration.ofMillis(30), 200_000))) {
            LocalPods pods = pods(hub);
            List<CompletableFuture<Boolean>> ends = new ArrayList<>();
            AtomicBoolean killed = new AtomicBoolean();
            AtomicBoolean drained = new AtomicBoolean();
            JobController controller = new JobController(job, index -> {
                Process pod = pods.start(index);
                if (index == 1 && !killed.getAndSet(true)) {
                    ends.add(endAmid(index, pod, pod::destroyForcibly));
                } else if (index == 2 && !drained.getAndSet(true)) {
                    ends.add(endAmid(index, pod, pod::destroy));
                }
                return pod;
            });

            Ended ended = controller.run();

            assertTrue(ended.complete(), logs(ended));
            for (CompletableFuture<Boolean> end : ends) {
                assertTrue(end.join(), "a pod was through before its end");
            }
            assertEquals(
                    Map.of(0, List.of(0), 1, List.of(137, 0), 2, List.of(143, 0), 3, List.of(0)),
                    ended.exits(),
                    logs(ended));

            Release.Ran merged = merge();
            assertEquals(0, merged.status(), merged.said());
            SyncReport report = SyncReport.read(folder.resolve("merged.json"));
            List<String> declared = new ArrayList<>();
            IntStream.range(0, MODELS).forEach(i -> declared.add("modelscope:" + name(i)));
            declared.add("modelscope:datasets/acme/rows");
            assertEquals(
                    declared.stream().sorted().toList(),
                    report.items().stream().map(Item::from).sorted().toList(),
                    "each item in exactly one share");
            assertTrue(report.totals().upToDate() >= 4, "what the two had mirrored before stood");
            Release.Ran verified = release.sync("verify", "--modelscope-cache=" + mirror().resolve("modelscope/hub"));
            assertEquals(0, verified.status(), verified.said());

            long atMost = CONTENT + 2L * 4 * SIZE; // what the two that were ended had in flight
            assertTrue(hub.bytes() >= CONTENT && hub.bytes() <= atMost, hub.bytes() + " bytes for " + CONTENT);

            Files.delete(mirror().resolve("reports/" + job.getMetadata().getName() + "/3.json"));
            Release.Ran torn = merge();
            assertEquals(1, torn.status(), torn.said());
            assertTrue(torn.said().contains("there is no report of shard 3/4"), torn.said());
        }
    }

    @Test
    void aPodThatDiesEachTimeIsGivenUpAndTheOthersAreDone() throws Exception {
        try (Hub hub = hub(Hub.Options.PLAIN)) {
            LocalPods pods = pods(hub);
            Ended ended = new JobController(job, index -> {
                        Process pod = pods.start(index);
                        return index == 1 ? pod.destroyForcibly() : pod;
                    })
                    .run();
            assertEquals(java.util.Set.of(1), ended.failedIndexes(), logs(ended));
            assertEquals(List.of(137, 137, 137, 137), ended.exits().get(1), "once, and three times again");
            assertEquals(List.of(0), ended.exits().get(0), logs(ended));
            assertFalse(ended.failed());
            Release.Ran merged = merge();
            assertEquals(1, merged.status());
            assertTrue(merged.said().contains("there is no report of shard 1/4"), merged.said());
        }
    }

    @Test
    void podsThatDoNotKnowHowManyTheyAreFailTheJobBeforeTheyTouchAnything() throws Exception {
        try (Hub hub = hub(Hub.Options.PLAIN)) {
            LocalPods pods = pods(hub);
            job.getSpec()
                    .getTemplate()
                    .getSpec()
                    .getContainers()
                    .get(0)
                    .getEnv()
                    .removeIf(variable -> variable.getName().equals("JOB_COMPLETION_COUNT"));
            Ended ended = new JobController(job, pods).run();
            assertTrue(ended.failed());
            assertEquals(1, ended.exits().size(), "nothing was tried again");
            assertTrue(logs(ended).contains("Kubernetes sets the index alone"), logs(ended));
            assertEquals(0, hub.connections());
        }
    }
}
