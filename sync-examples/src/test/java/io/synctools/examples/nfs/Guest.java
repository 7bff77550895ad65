package io.synctools.examples.nfs;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes inside the small machine and says in lines how each of their tests ended: {@code Guest NAME CLASS…},
 * where a class may be a {@code class#method(parameter types)}.
 */
final class Guest {
    /** What a line begins with that tells of a test. */
    static final String SAYS = "nfs-test\t";

    private Guest() {}

    public static void main(String[] args) {
        List<DiscoverySelector> selected = Stream.of(args)
                .skip(1)
                .map(name -> name.contains("#") ? (DiscoverySelector) selectMethod(name) : selectClass(name))
                .toList();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selected)
                .configurationParameter("junit.jupiter.execution.timeout.mode", "disabled") // all is slow there
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
                .build();
        LauncherFactory.create().execute(request, new Lines(args[0]));
        System.exit(0); // whatever a test left running
    }

    /** One line for each test: its name, how it ended, after how long, and why. */
    private static final class Lines implements TestExecutionListener {
        private final String name;
        private final Map<String, Long> begun = new ConcurrentHashMap<>();
        private TestPlan plan;

        Lines(String name) {
            this.name = name;
        }

        @Override
        public void testPlanExecutionStarted(TestPlan started) {
            plan = started;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            begun.put(test.getUniqueId(), System.nanoTime());
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            say(test, "SKIPPED", reason);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            Throwable why = result.getThrowable().orElse(null);
            if (test.isTest() || why != null) {
                say(test, result.getStatus().name(), why == null ? "" : why.toString());
                if (why != null) {
                    why.printStackTrace(System.out);
                }
            }
        }

        private void say(TestIdentifier test, String how, String why) {
            StringBuilder path = new StringBuilder(test.getDisplayName());
            for (TestIdentifier at = test;
                    plan.getParent(at).isPresent();
                    at = plan.getParent(at).get()) {
                if (at != test && plan.getParent(at).isPresent()) {
                    path.insert(0, at.getDisplayName() + " ");
                }
            }
            long nanos = System.nanoTime() - begun.getOrDefault(test.getUniqueId(), System.nanoTime());
            String line = String.join(
                    "\t",
                    name + ": " + path,
                    how,
                    TimeUnit.NANOSECONDS.toSeconds(nanos) + " s",
                    why.replaceAll("[\t\r\n]+", " "));
            System.out.println("\n" + SAYS + line);
        }
    }
}
