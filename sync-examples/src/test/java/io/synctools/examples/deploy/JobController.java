package io.synctools.examples.deploy;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;

/**
 * Runs an Indexed Job by the rules of its manifest, with processes for pods: parallelism, backoffLimitPerIndex and
 * podFailurePolicy, as https://kubernetes.io/docs/concepts/workloads/controllers/job/ describes them; without the pauses
 * between tries.
 */
final class JobController {

    /** Starts pods. */
    interface Pods {
        Process start(int index) throws IOException, InterruptedException;
    }

    /**
     * How a job ended.
     *
     * @param exits exit statuses of each index's pods, in order
     * @param failedIndexes those that were tried too often
     * @param failed whether a rule failed the whole job
     */
    record Ended(Map<Integer, List<Integer>> exits, Set<Integer> failedIndexes, boolean failed) {
        boolean complete() {
            return !failed && failedIndexes.isEmpty();
        }
    }

    private record Exit(int index, int status) {}

    private final Job job;
    private final Pods pods;
    private final Map<Integer, Process> running = new HashMap<>();
    private final Map<Integer, Integer> failures = new HashMap<>();
    private final Map<Integer, List<Integer>> exits = new TreeMap<>();
    private final Set<Integer> failedIndexes = new TreeSet<>();

    JobController(Job job, Pods pods) {
        this.job = job;
        this.pods = pods;
    }

    Ended run() throws IOException, InterruptedException {
        Queue<Integer> pending = new ArrayDeque<>(
                IntStream.range(0, job.getSpec().getCompletions()).boxed().toList());
        BlockingQueue<Exit> ended = new LinkedBlockingQueue<>();
        while (!pending.isEmpty() || !running.isEmpty()) {
            while (!pending.isEmpty() && running.size() < job.getSpec().getParallelism()) {
                int index = pending.remove();
                Process pod = pods.start(index);
                running.put(index, pod);
                pod.onExit().thenAccept(process -> ended.add(new Exit(index, process.exitValue())));
            }
            Exit exit = ended.take();
            running.remove(exit.index);
            exits.computeIfAbsent(exit.index, any -> new ArrayList<>()).add(exit.status);
            if (exit.status != 0) {
                String action = action(exit.status);
                if (action.equals("FailJob")) {
                    for (Process pod : running.values()) {
                        pod.destroyForcibly().waitFor();
                    }
                    return new Ended(exits, failedIndexes, true);
                }
                if (action.equals("Ignore") || mayTryAgain(exit.index)) {
                    pending.add(exit.index);
                }
            }
        }
        return new Ended(exits, failedIndexes, false);
    }

    private boolean mayTryAgain(int index) {
        if (failures.merge(index, 1, Integer::sum) <= job.getSpec().getBackoffLimitPerIndex()) {
            return true;
        }
        failedIndexes.add(index);
        return false;
    }

    /** Of the first rule that matches; a failure that none matches counts. */
    private String action(int status) {
        return job.getSpec().getPodFailurePolicy().getRules().stream()
                .filter(rule -> rule.getOnExitCodes() != null && matches(rule.getOnExitCodes(), status))
                .map(PodFailurePolicyRule::getAction)
                .findFirst()
                .orElse("Count");
    }

    private static boolean matches(PodFailurePolicyOnExitCodesRequirement codes, int status) {
        return codes.getValues().contains(status) == codes.getOperator().equals("In");
    }
}
