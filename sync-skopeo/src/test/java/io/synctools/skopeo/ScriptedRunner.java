package io.synctools.skopeo;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs nothing: notes what it was asked and answers as scripted, the last answer for ever. */
final class ScriptedRunner implements CommandRunner {
    private final List<Call> calls = new ArrayList<>();
    private final Deque<Finished> answers = new ArrayDeque<>();
    private @Nullable IOException failure;
    private Hook hook = argv -> {};

    /** What one call was asked. */
    record Call(List<String> argv, Map<String, String> environment, String input, Duration limit) {}

    /** Something that the program does. */
    interface Hook {
        void run(List<String> argv) throws IOException;
    }

    void answer(Finished... finished) {
        answers.addAll(List.of(finished));
    }

    void fail(IOException e) {
        failure = e;
    }

    void doing(Hook what) {
        hook = what;
    }

    int count() {
        return calls.size();
    }

    Call call(int index) {
        return calls.get(index);
    }

    List<String> argv(int index) {
        return calls.get(index).argv();
    }

    String input(int index) {
        return calls.get(index).input();
    }

    @Override
    public Finished run(List<String> argv, Map<String, String> environment, String input, Duration limit)
            throws IOException {
        calls.add(new Call(List.copyOf(argv), Map.copyOf(environment), input, limit));
        if (failure != null) {
            throw failure;
        }
        hook.run(argv);
        return answers.size() > 1 ? answers.remove() : answers.element();
    }
}
