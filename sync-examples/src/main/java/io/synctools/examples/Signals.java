package io.synctools.examples;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns SIGINT, SIGTERM and SIGHUP into an interrupt of the run, which then ends by itself, writes its report and exits
 * with the signal's status. A second signal, or a run that does not end in time, ends the process at once. One per
 * process.
 *
 * <p>A signal right after the first one is the same: {@code timeout} signals its child and then its own group, in which we
 * are as well.
 */
final class Signals implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(25);
    private static final Duration TOGETHER = Duration.ofSeconds(1);
    private static final Map<String, Integer> STATUS = Map.of("INT", 130, "TERM", 143, "HUP", 129);

    private final Thread run;
    private final LongSupplier clock;
    private final IntConsumer halt;
    private final AtomicReference<@Nullable Received> first = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    private record Received(int status, long nanos) {}

    /** From now on signals interrupt the given thread. */
    Signals(Thread run) {
        this(run, System::nanoTime, Runtime.getRuntime()::halt);
        STATUS.forEach((name, status) -> handle(name, () -> received(status)));
    }

    /** Hears of no signal by itself: for tests, which say {@link #received}. */
    Signals(Thread run, LongSupplier clock, IntConsumer halt) {
        this.run = run;
        this.clock = clock;
        this.halt = halt;
    }

    /**
     * Runs something at each signal of that name.
     *
     * <p>By reflection, since the compiler's warning about this class cannot be switched off. A shutdown hook would not do:
     * it is not told which signal came, and the report says so.
     */
    static void handle(String name, Runnable work) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours =
                    Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, (self, method, args) -> {
                        work.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java cannot handle SIG" + name, e);
        }
    }

    /** A signal came; returns when the run has ended, or at once where another signal came first. */
    void received(int code) {
        long now = clock.getAsLong();
        if (!first.compareAndSet(null, new Received(code, now))) {
            if (now - Objects.requireNonNull(first.get()).nanos() > TOGETHER.toNanos()) {
                halt.accept(code);
            }
            return;
        }
        run.interrupt();
        try {
            if (!ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                halt.accept(code);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The status to exit with if a signal came; 0 if none did. */
    int status() {
        Received received = first.get();
        return received == null ? 0 : received.status();
    }

    /** The run has ended and its report is written. */
    @Override
    public void close() {
        ended.countDown();
    }
}
