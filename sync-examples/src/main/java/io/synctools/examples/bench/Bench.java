package io.synctools.examples.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs cases: every contender in turn, round by round, the first round not counted; checks each result, so that nobody is
 * fast by doing less.
 */
public final class Bench {
    private final Place place;
    private final Stopwatch stopwatch;
    private final int rounds;
    private final PrintStream out;

    Bench(Place place, int rounds, PrintStream out) {
        this.place = place;
        this.stopwatch = new Stopwatch(place.folder());
        this.rounds = rounds;
        this.out = out;
    }

    /** All cases, in the order in which they run. */
    static List<Case> cases() {
        List<Case> cases = new ArrayList<>(StartCases.all());
        cases.addAll(FileCases.all());
        return cases;
    }

    /**
     * Runs the named cases, or all.
     *
     * @param launcher our {@code sync}
     * @param folder to work in
     * @param names of cases; none means all
     * @param rounds that count
     * @param out hears of each run and at last gets the table
     * @return the table's text and its data
     * @throws IllegalArgumentException if there is no such case
     */
    public static Result run(Path launcher, Path folder, List<String> names, int rounds, PrintStream out)
            throws IOException, InterruptedException {
        List<String> known = cases().stream().map(Case::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("no case \"" + name + "\"; there are " + String.join(", ", known));
            }
        }
        Files.createDirectories(folder);
        Bench bench = new Bench(new Place(launcher, folder), rounds, out);
        Table table = new Table(rounds);
        boolean well = true;
        for (Case each : cases()) {
            if (names.isEmpty() || names.contains(each.name())) {
                try {
                    table.add(each, bench.run(each));
                } catch (IOException e) {
                    well = false;
                    table.failed(each, String.valueOf(e.getMessage()));
                    out.println("  " + each.name() + " failed: " + e.getMessage());
                }
            }
        }
        return new Result(well, table.markdown(), table.json().toPrettyString());
    }

    /**
     * What came out.
     *
     * @param well whether every case ran to its end with right results
     * @param markdown the table, for people
     * @param json the same, for programs
     */
    public record Result(boolean well, String markdown, String json) {}

    /** Runs one case; the scores are in the order of its contenders. */
    List<Score> run(Case which) throws IOException, InterruptedException {
        Case.Setting setting = which.stage().set(place);
        try {
            Map<String, Score> scores = new LinkedHashMap<>();
            setting.contenders().forEach(contender -> scores.put(contender.name(), new Score(contender.name())));
            for (int round = 0; round <= rounds; round++) {
                round(which, setting, round == 0 ? Map.of() : scores);
            }
            return new ArrayList<>(scores.values());
        } finally {
            for (Closeable server : setting.servers()) {
                server.close();
            }
        }
    }

    private void round(Case which, Case.Setting setting, Map<String, Score> scores)
            throws IOException, InterruptedException {
        Stopwatch.Reading ours = null;
        for (Contender contender : setting.contenders()) {
            var into = place.emptyRun();
            contender.work().before(into);
            List<String> command = contender.work().command(into);
            long requests = setting.requests().getAsLong();
            long connections = setting.connections().getAsLong();
            Stopwatch.Reading reading = stopwatch.run(command, contender.work().environment());
            long requestsMade = setting.requests().getAsLong() - requests;
            long connectionsMade = setting.connections().getAsLong() - connections;
            contender.work().check(into);
            ours = ours == null ? reading : ours;
            Score score = scores.get(contender.name());
            if (score != null) {
                score.add(reading, ours, requestsMade, connectionsMade);
                out.printf("  %-24s %-10s %7.3f s%n", which.name(), contender.name(), reading.wall());
                out.flush();
            }
        }
    }
}
