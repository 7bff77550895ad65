package io.synctools.skopeo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.synctools.internal.threads.Threads;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ProcessDestroyer;
import org.apache.commons.exec.PumpStreamHandler;
import org.apache.commons.exec.Watchdog;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs by commons-exec; their output is drained at all times and only its end is kept.
 *
 * <p>What a program starts ends with it: however it and we end, its descendants are killed, also those of a wrapper script
 * that is gone already. They are told by a mark in their environment, which children inherit.
 */
final class ProcessRunner implements CommandRunner {
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final String MARK = "SYNC_TOOLS_CHILD";
    private static final int ROUNDS = 3;

    /** Those at work in this Java; what is left of them is killed when it is asked to stop and does not interrupt us. */
    private static final Set<Child> AT_WORK = ConcurrentHashMap.newKeySet();

    static {
        Threads.atExit("sync-children", () -> AT_WORK.forEach(Child::kill));
    }

    private final boolean daemons;

    private ProcessRunner(boolean daemons) {
        this.daemons = daemons;
    }

    /** Runs programs that do all their work before they end. */
    static ProcessRunner ofTools() {
        return new ProcessRunner(false);
    }

    /** Runs credential helpers, which may leave an agent behind that keeps their store open. */
    static ProcessRunner ofHelpers() {
        return new ProcessRunner(true);
    }

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
        String mark = MARK + "=" + UUID.randomUUID();
        Map<String, String> marked = new HashMap<>(environment);
        marked.put(MARK, mark.substring(MARK.length() + 1));
        Child child = new Child(limit, mark);
        DefaultExecutor executor = DefaultExecutor.builder()
                .setExecuteStreamHandler(new Pumps(child, output, errors, input))
                .get();
        executor.setExitValues(null);
        executor.setProcessDestroyer(child);
        int exit = executor.execute(command, marked);
        if (exit == DefaultExecutor.INVALID_EXITVALUE) { // so it tells that it was interrupted
            throw new InterruptedException();
        }
        return new Finished(exit, output.text(), errors.text(), child.killed);
    }

    /** One process and its descendants: killed when its time is over, and surely gone after {@link #end}. */
    private final class Child implements ProcessDestroyer {
        private final Watchdog watchdog;
        private final byte[] mark;
        private volatile @Nullable Process process;
        private volatile boolean killed;

        Child(Duration limit, String mark) {
            this.mark = mark.getBytes(StandardCharsets.UTF_8);
            watchdog = Watchdog.builder().setTimeout(limit).get();
            watchdog.addTimeoutObserver(late -> {
                killed = true;
                kill();
            });
        }

        @Override
        public boolean add(Process started) {
            process = started;
            watchdog.start();
            return AT_WORK.add(this);
        }

        @Override
        public boolean remove(Process ended) {
            return AT_WORK.remove(this);
        }

        @Override
        public int size() {
            return AT_WORK.size();
        }

        /** Comes before the streams are closed: after an interruption the process was only asked to end. */
        void end() {
            watchdog.stop();
            Process started = process;
            if (started == null) {
                return;
            }
            try {
                boolean ended = started.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended || killed || !daemons || started.exitValue() != 0) {
                    kill();
                    started.waitFor();
                }
            } catch (InterruptedException e) {
                kill();
                Thread.currentThread().interrupt();
            }
        }

        void kill() {
            Process started = process;
            if (started == null) {
                return;
            }
            for (int round = 0; round < ROUNDS; round++) { // one that dies may have started another meanwhile
                List<ProcessHandle> left = Stream.concat(started.descendants(), marked())
                        .filter(ProcessHandle::isAlive)
                        .toList();
                if (left.isEmpty()) {
                    break;
                }
                left.forEach(ProcessHandle::destroyForcibly);
            }
            started.destroyForcibly();
        }

        /** The processes that carry our mark; none where the system does not show environments. */
        private Stream<ProcessHandle> marked() {
            return ProcessHandle.allProcesses().filter(process -> {
                try {
                    byte[] environment = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "environ"));
                    return contains(environment, mark);
                } catch (IOException e) {
                    return false; // it has ended, or is another user's
                }
            });
        }

        private static boolean contains(byte[] text, byte[] part) {
            for (int at = 0; at <= text.length - part.length; at++) {
                if (Arrays.equals(text, at, at + part.length, part, 0, part.length)) {
                    return true;
                }
            }
            return false;
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

        @GuardedBy("this")
        private final byte[] ring = new byte[SIZE];

        @GuardedBy("this")
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
