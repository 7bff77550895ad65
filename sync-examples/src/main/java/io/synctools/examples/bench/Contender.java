package io.synctools.examples.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One way to do the work of a case.
 *
 * @param name as the table prints it
 * @param rival the one of ours that does the same, whose time is compared; our own have their own name here
 * @param rounds in which it takes part; 0 for all and the warm-up, more for so many and no warm-up
 * @param work what is run
 */
record Contender(String name, String rival, int rounds, Work work) {
    /** We, from ModelScope or between registries. */
    static final String OURS = "sync";

    /** We, from Hugging Face. */
    static final String OURS_FROM_HUGGING_FACE = "sync-hf";

    /** One of ours. */
    static Contender ours(String name, Work work) {
        return new Contender(name, name, 0, work);
    }

    /** Somebody else. */
    static Contender peer(String name, String rival, Work work) {
        return new Contender(name, rival, 0, work);
    }

    /** The same doing something else. */
    Contender doing(Work other) {
        return new Contender(name, rival, rounds, other);
    }

    /** The same in one round only: for those who take much longer than all others. */
    Contender once() {
        return new Contender(name, rival, 1, work);
    }

    boolean isOurs() {
        return name.equals(rival);
    }

    /** Whether it takes part in a round; round 0 is the warm-up. */
    boolean takesPartIn(int round) {
        return rounds == 0 || (round >= 1 && round <= rounds);
    }

    /** A command, and the proof that it did the work. */
    interface Work {
        /** What is to be run to bring the work's result into an empty folder. */
        List<String> command(Path into) throws IOException;

        /** Variables beside our own. */
        default Map<String, String> environment() {
            return Map.of();
        }

        /** Brings about what the command starts from; not measured. */
        default void before(Path into) throws IOException, InterruptedException {}

        /** What counts of what was measured, where that is not the command's own time, CPU and memory. */
        default Stopwatch.Reading measured(Stopwatch.Reading ofCommand) throws IOException {
            return ofCommand;
        }

        /** Throws unless the result is there and right; not measured. The text is what the command printed. */
        void check(Path into, String printed) throws IOException;

        /** The same work after a step. */
        default Work after(Step step) {
            return new Varied(this, step, List.of(), this::check);
        }

        /** The same work with more arguments, and another result. */
        default Work with(String argument, Check check) {
            return new Varied(this, this::before, List.of(argument), check);
        }
    }

    /** Brings about what a command starts from. */
    interface Step {
        void take(Path into) throws IOException, InterruptedException;
    }

    /** Looks at a result. */
    interface Check {
        void check(Path into, String printed) throws IOException;
    }

    private record Varied(Work work, Step step, List<String> more, Check check) implements Work {
        @Override
        public List<String> command(Path into) throws IOException {
            List<String> command = new ArrayList<>(work.command(into));
            command.addAll(more);
            return command;
        }

        @Override
        public Map<String, String> environment() {
            return work.environment();
        }

        @Override
        public void before(Path into) throws IOException, InterruptedException {
            step.take(into);
        }

        @Override
        public void check(Path into, String printed) throws IOException {
            check.check(into, printed);
        }
    }
}
