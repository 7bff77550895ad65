package io.synctools.examples.deploy;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests say what Kubernetes understands, and the same thing everywhere. */
class ManifestsTest {

    private static Job job() throws IOException {
        return Manifests.read("kubernetes/job.yaml", Job.class);
    }

    @Test
    void kubernetesKnowsEveryKeyOfTheJob() throws IOException {
        Job job = job();
        assertEquals("Indexed", job.getSpec().getCompletionMode());
        assertEquals(3, job.getSpec().getBackoffLimitPerIndex());
        assertEquals("Never", job.getSpec().getTemplate().getSpec().getRestartPolicy(), "podFailurePolicy demands it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "backoffLimitPerIndex",
                "podFailurePolicy",
                "containerName",
                "terminationGracePeriodSeconds",
                "fsGroupChangePolicy",
                "mountPath",
                "configMap",
                "fieldPath",
                "optional",
                "memory"
            })
    void aMisspeltKeyIsFound(String key) throws IOException {
        String text = Manifests.text("kubernetes/job.yaml");
        String wrong = text.replaceFirst(key + ":", key + "x:");
        assertNotEquals(text, wrong);
        if (key.equals("memory")) { // resources are a map, whose keys are anybody's
            assertDoesNotThrow(() -> Manifests.parse(wrong, Job.class));
            return;
        }
        UnrecognizedPropertyException e =
                assertThrows(UnrecognizedPropertyException.class, () -> Manifests.parse(wrong, Job.class));
        assertEquals(key + "x", e.getPropertyName());
    }

    @Test
    void thePodsKnowHowManyTheyAre() throws IOException {
        String count = job().getSpec().getTemplate().getSpec().getContainers().get(0).getEnv().stream()
                .filter(env -> env.getName().equals("JOB_COMPLETION_COUNT"))
                .map(EnvVar::getValue)
                .findFirst()
                .orElseThrow();
        assertEquals(job().getSpec().getCompletions().toString(), count);
    }

    @Test
    void theCronJobRunsExactlyTheJob() throws IOException {
        CronJob cron = Manifests.read("kubernetes/cronjob.yaml", CronJob.class);
        assertEquals(job().getSpec(), cron.getSpec().getJobTemplate().getSpec());
        assertEquals("Forbid", cron.getSpec().getConcurrencyPolicy());
    }

    @Test
    void theClaimIsTheOneThatThePodsMountFromSeveralNodes() throws IOException {
        PersistentVolumeClaim claim = Manifests.read("kubernetes/pvc.yaml", PersistentVolumeClaim.class);
        assertEquals(List.of("ReadWriteMany"), claim.getSpec().getAccessModes());
        PodSpec pod = job().getSpec().getTemplate().getSpec();
        assertEquals(
                claim.getMetadata().getName(),
                pod.getVolumes().get(0).getPersistentVolumeClaim().getClaimName());
    }

    /** Argo's own keys have no model here; the containers and volumes in them are Kubernetes'. */
    @Test
    void argosContainersAreKubernetesContainersAndItsSharesAreThoseOfThePlan() throws IOException {
        JsonNode workflow = Manifests.read("argo/workflow.yaml", JsonNode.class);
        List<String> steps = new ArrayList<>();
        workflow.at("/spec/templates/0/steps")
                .forEach(group -> group.forEach(step -> {
                    steps.add(step.path("name").asText());
                    assertEquals(step.path("name"), step.path("template"));
                }));
        assertEquals(List.of("plan", "share", "merge"), steps);
        for (int i = 1; i <= 3; i++) {
            JsonNode template = workflow.at("/spec/templates/" + i);
            assertEquals(steps.get(i - 1), template.path("name").asText());
            ObjectNode container = (ObjectNode) template.path("container");
            assertFalse(Manifests.part(container, Container.class).getArgs().isEmpty());
        }
        workflow.at("/spec/volumes").forEach(volume -> Manifests.part(volume, Volume.class));
        JsonNode share = workflow.at("/spec/templates/0/steps/1/0");
        assertEquals("{{steps.plan.outputs.result}}", share.path("withParam").asText());
        assertEquals("{{item}}", share.at("/arguments/parameters/0/value").asText());
        List<String> args = Manifests.part(workflow.at("/spec/templates/2/container"), Container.class)
                .getArgs();
        assertTrue(args.contains("--shard={{inputs.parameters.share}}"), args::toString);
        List<String> job =
                job().getSpec().getTemplate().getSpec().getContainers().get(0).getArgs();
        List<String> common = job.stream()
                .filter(arg -> !arg.startsWith("--report"))
                .filter(args::contains)
                .toList();
        assertEquals(job.size() - 1, common.size(), "the same flow, lists and disk as the job's");
    }

    @Test
    void theImageRunsWhatTheManifestsCall() throws IOException {
        String dockerfile = Manifests.text("Dockerfile");
        assertTrue(dockerfile.contains("ENTRYPOINT [\"/opt/sync-tools/bin/sync\"]"));
        assertTrue(Manifests.text("argo/workflow.yaml").contains("/opt/sync-tools/bin/sync plan"));
        assertTrue(dockerfile.contains("FROM ${BASE}"));
    }

    @Test
    void thePagesRecipeForSparkIsTheOneThatItsTestRuns() throws IOException {
        String code = Files.readString(Path.of("spark/src/main/java/io/synctools/spark/SparkMirror.java"));
        String page = Files.readString(Path.of("../docs/running-on-many-machines.md"));
        assertTrue(page.contains(code.substring(code.indexOf("/** "))), "copy it from there");
    }

    @Test
    void whatServesReadsTheClaimAndCannotWriteIt() throws IOException {
        String[] parts = Manifests.text("kubernetes/serve.yaml").split("\n---\n");
        JsonNode deployment = Manifests.parse(parts[0], JsonNode.class);
        Service service = Manifests.parse(parts[1], Service.class);
        PodSpec pod = Manifests.part(deployment.at("/spec/template/spec"), PodSpec.class);
        assertEquals(
                Manifests.read("kubernetes/pvc.yaml", PersistentVolumeClaim.class)
                        .getMetadata()
                        .getName(),
                pod.getVolumes().get(0).getPersistentVolumeClaim().getClaimName());
        assertTrue(pod.getVolumes().get(0).getPersistentVolumeClaim().getReadOnly());
        assertEquals(
                deployment.at("/spec/template/metadata/labels/app").asText(),
                service.getSpec().getSelector().get("app"));
        assertEquals(deployment.at("/spec/selector/matchLabels"), deployment.at("/spec/template/metadata/labels"));
        assertFalse(pod.getContainers().get(0).getArgs().contains("--open"));
    }

    @Test
    void theUnitServesWithTokensAndTls() throws IOException {
        String unit = Manifests.text("systemd/sync-serve.service");
        String command = unit.replaceAll("(?s).*\nExecStart=([^\n]*)\n.*", "$1");
        assertTrue(command.contains(" serve ") && command.contains(" --token-file ") && command.contains(" --tls "));
        assertTrue(unit.contains("\nSuccessExitStatus=143\n"), "that is how it ends when it is told to");
    }
}
