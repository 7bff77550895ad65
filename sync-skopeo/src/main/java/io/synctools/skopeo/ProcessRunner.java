package io.synctools.skopeo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ProcessDestroyer;
import org.apache.commons.exec.PumpStreamHandler;
import org.apache.commons.exec.ShutdownHookProcessDestroyer;
import org.apache.commons.exec.Watchdog;
import org.jspecify.annotations.Nullable;

/** Runs programs by commons-exec; their output is drained at all times and only its end is kept. */
final class ProcessRunner implements CommandRunner {
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** Ends the children of a process that is asked to stop and does not interrupt us. */
    private final ShutdownHookProcessDestroyer children = new ShutdownHookProcessDestroyer();

    @Override
    public Finished run(List<String> argv, Map<String, String> environment, String input, Duration limit)
            throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        CommandLine command = new CommandLine(argv.get(0));
        argv.subList(1, argv.size()).forEach(argument -> command.addArgument(argument, false));
        Tail output = new Tail();
        Tail errors = new Tail();
        Child child = new Child(limit);
        DefaultExecutor executor = DefaultExecutor.builder()
                .setExecuteStreamHandler(new Pumps(child, output, errors, input))
                .get();
        executor.setExitValues(null);
        executor.setProcessDestroyer(child);
        int exit = executor.execute(command, environment);
        if (exit == DefaultExecutor.INVALID_EXITVALUE) { // so it tells that it was interrupted
            throw new InterruptedException();
        }
        return new Finished(exit, output.text(), errors.text(), child.killed);
    }

    /** One process: killed when its time is over, and surely gone after {@link #end}. */
    private final class Child implements ProcessDestroyer {
        private final Watchdog watchdog;
        private volatile @Nullable Process process;
        private volatile boolean killed;

        Child(Duration limit) {
            watchdog = Watchdog.builder().setTimeout(limit).get();
            watchdog.addTimeoutObserver(late -> {
                killed = true;
                Optional.ofNullable(process).ifPresent(Child::kill);
            });
        }

        @Override
        public boolean add(Process started) {
            process = started;
            watchdog.start();
            return children.add(started);
        }

        @Override
        public boolean remove(Process ended) {
            return children.remove(ended);
        }

        @Override
        public int size() {
            return children.size();
        }

        /** Comes before the streams are closed: after an interruption the process was only asked to end. */
        void end() {
            watchdog.stop();
            Process started = process;
            if (started == null) {
                return;
            }
            try {
                if (!started.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                    kill(started);
                    started.waitFor();
                }
            } catch (InterruptedException e) {
                kill(started);
                Thread.currentThread().interrupt();
            }
        }

        private static void kill(Process started) {
            started.descendants().forEach(ProcessHandle::destroyForcibly);
            started.destroyForcibly();
        }
    }

    /** Drains both streams; a grandchild that keeps them open holds us for the grace only. */
    private static final class Pumps extends PumpStreamHandler {
        private final Child child;

        Pumps(Child child, OutputStream output, OutputStream errors, String input) {
            super(
                    output,
                    errors,
                    input.isEmpty() ? null : new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            this.child = child;
            setStopTimeout(GRACE);
        }

        @Override
        public void stop() {
            child.end();
            try {
                super.stop();
            } catch (IOException e) {
                // What was read until now has to do.
            }
        }
    }

    /** Keeps the last bytes of what is written. */
    private static final class Tail extends OutputStream {
        private static final int SIZE = 1 << 16;
        private final byte[] ring = new byte[SIZE];
        private long written;

        @Override
        public synchronized void write(int one) {
            ring[(int) (written++ % SIZE)] = (byte) one;
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            for (int i = 0; i < length; i++) {
                write(bytes[offset + i]);
            }
        }

        synchronized String text() {
            int length = (int) Math.min(written, SIZE);
            byte[] last = new byte[length];
            for (int i = 0; i < length; i++) {
                last[i] = ring[(int) ((written - length + i) % SIZE)];
            }
            return new String(last, StandardCharsets.UTF_8);
        }
    }
}
