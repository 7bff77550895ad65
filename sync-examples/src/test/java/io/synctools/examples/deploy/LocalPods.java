package io.synctools.examples.deploy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The pods of a job as processes: init containers first, then the container's arguments after the image's entry point, with
 * its variables, and folders of this machine in place of the mounted volumes.
 */
final class LocalPods implements JobController.Pods {
    private final Job job;
    private final Path entryPoint;
    private final Path folder;
    private final Map<String, String> cluster;

    /**
     * Pods that log to {@code folder}.
     *
     * @param folder holds a folder for each volume, of its name
     * @param cluster variables that all pods have
     */
    LocalPods(Job job, Path entryPoint, Path folder, Map<String, String> cluster) {
        this.job = job;
        this.entryPoint = entryPoint;
        this.folder = folder;
        this.cluster = cluster;
    }

    @Override
    public Process start(int index) throws IOException, InterruptedException {
        PodSpec pod = job.getSpec().getTemplate().getSpec();
        for (Volume volume : pod.getVolumes()) {
            Files.createDirectories(folder.resolve(volume.getName()));
        }
        for (Container init : pod.getInitContainers()) {
            int status = start(init, index).waitFor();
            if (status != 0) {
                throw new IOException("init container " + init.getName() + " ended with " + status);
            }
        }
        return start(pod.getContainers().get(0), index);
    }

    private Process start(Container container, int index) throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (EnvVar variable : container.getEnv()) {
            if (variable.getValue() != null) {
                environment.put(variable.getName(), variable.getValue());
            } else if (variable.getValueFrom().getFieldRef() != null) {
                String path = variable.getValueFrom().getFieldRef().getFieldPath();
                if (!path.equals("metadata.labels['batch.kubernetes.io/job-name']")) {
                    throw new IOException("what is " + path + "?");
                }
                environment.put(variable.getName(), job.getMetadata().getName());
            }
        }
        environment.put("JOB_COMPLETION_INDEX", Integer.toString(index)); // set by the controller in every container
        List<String> command =
                container.getCommand().isEmpty() ? List.of(entryPoint.toString()) : container.getCommand();
        List<String> line = new ArrayList<>();
        Stream.concat(command.stream(), container.getArgs().stream())
                .map(word -> here(expanded(word, environment), container))
                .forEach(line::add);
        ProcessBuilder process = new ProcessBuilder(line);
        process.environment().keySet().removeIf(name -> !name.equals("PATH"));
        process.environment().putAll(cluster);
        process.environment().putAll(environment);
        Path log = folder.resolve("pod-" + index + ".log");
        return process.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static String expanded(String word, Map<String, String> environment) {
        String all = word;
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            all = all.replace("$(" + variable.getKey() + ")", variable.getValue());
        }
        return all;
    }

    private String here(String word, Container container) {
        String all = word;
        for (VolumeMount mount : container.getVolumeMounts()) {
            all = all.replace(
                    mount.getMountPath(), folder.resolve(mount.getName()).toString());
        }
        return all;
    }
}
