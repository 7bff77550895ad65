package io.synctools.examples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.synctools.internal.json.Json;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs cases: every contender in turn, round by round, the first round not counted; checks each result, so that nobody is
 * fast by doing less.
 */
public final class Bench {
    /** What one connection of a hub must carry at least, in GB/s, lest we measure the hub. */
    private static final double FAST_HUB = 2;

    /** What no run of ours may exceed, in MiB. */
    private static final double MEMORY = 128;

    private final BenchSetup place;
    private final Stopwatch stopwatch;
    private final PrintStream out;

    Bench(BenchSetup place, PrintStream out) {
        this.place = place;
        this.stopwatch = new Stopwatch(place.folder());
        this.out = out;
    }

    /**
     * What is to be run.
     *
     * @param cases names; none means all
     * @param rounds that count
     * @param python has the hubs' official Python clients; empty leaves them out
     * @param json gets the results after each case; where cases are named, what it has of the others stays and stands in
     *     the same table
     */
    public record Options(List<String> cases, int rounds, Optional<Path> python, Optional<Path> json) {

        private int roundsOf(Case which) {
            return cases.isEmpty() ? Math.min(rounds, which.most()) : rounds;
        }

        private Optional<JsonNode> earlier() throws IOException {
            return json.isEmpty() || cases.isEmpty() || !Files.exists(json.get())
                    ? Optional.empty()
                    : Optional.of(Json.MAPPER.readTree(Files.readAllBytes(json.get())));
        }

        private void keep(Table table) throws IOException {
            if (json.isPresent()) {
                Files.writeString(json.get(), table.json().toPrettyString() + "\n");
            }
        }
    }

    /**
     * What came out.
     *
     * @param well whether every case ran to its end with right results
     * @param missed the goals that were not reached, a line each
     * @param markdown the tables
     */
    public record Result(boolean well, List<String> missed, String markdown) {}

    /** All cases, in the order in which they run. */
    static List<Case> cases() {
        List<Case> cases = new ArrayList<>(StartCases.all());
        cases.addAll(FileCases.all());
        cases.addAll(FarCases.all());
        cases.addAll(ChunkCases.all());
        cases.addAll(UpdateCases.all());
        cases.addAll(ImageCases.all());
        cases.addAll(RegistryCases.all());
        cases.addAll(StoreCases.all());
        cases.addAll(ScaleCases.all());
        cases.addAll(ServedCases.all());
        return cases;
    }

    /**
     * Runs cases.
     *
     * @param launcher our {@code sync}
     * @param folder to work in
     * @param out hears of each run
     * @throws IllegalArgumentException if there is no such case
     */
    public static Result run(Path launcher, Path folder, Options options, PrintStream out)
            throws IOException, InterruptedException {
        List<Case> known = cases();
        List<String> names = known.stream().map(Case::name).toList();
        for (String name : options.cases()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("no case \"" + name + "\"; there are " + String.join(", ", names));
            }
        }
        Files.createDirectories(folder);
        BenchSetup place =
                new BenchSetup(launcher, folder, JavaScriptClient.install(folder), PythonClients.in(options.python()));
        Bench bench = new Bench(place, out);
        Table table = new Table(names, options.earlier());
        table.machine(Machine.describe(place, bench.hubSpeed()));
        boolean well = true;
        place.clear();
        try {
            for (Case each : known) {
                if (options.cases().isEmpty() || options.cases().contains(each.name())) {
                    long began = System.nanoTime();
                    try {
                        table.add(each, bench.run(each, options.roundsOf(each)));
                    } catch (IOException e) {
                        well = false;
                        table.failed(each, String.valueOf(e.getMessage()));
                        out.println("  " + each.name() + " failed: " + e.getMessage());
                    }
                    options.keep(table);
                    out.printf(
                            "  %-18s took %d s%n",
                            each.name(), TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
                }
            }
        } finally {
            place.clear();
        }
        return new Result(well, table.missed(), table.markdown());
    }

    private double hubSpeed() throws IOException, InterruptedException {
        double speed = HubSpeed.measure(place);
        out.printf(Locale.ROOT, "  the hub gives %.1f GB/s on one connection", speed);
        out.println(speed < FAST_HUB ? ": it is slow, and cases without a cap measure it, too" : "");
        return speed;
    }

    /** Runs one case. */
    Scores run(Case which, int rounds) throws IOException, InterruptedException {
        Case.Setting setting = which.stage().set(place);
        try {
            Scores scores = Scores.of(setting.contenders());
            List<Contender> order = new ArrayList<>(setting.contenders());
            for (int round = 0; round <= rounds; round++) {
                for (Contender contender : order) {
                    if (contender.takesPartIn(round)) {
                        round(which, setting, contender, round, scores);
                    }
                }
                Collections.rotate(order, -1); // what one leaves to the next is not always left to the same
            }
            return scores;
        } finally {
            for (Closeable server : setting.servers()) {
                server.close();
            }
        }
    }

    private void round(Case which, Case.Setting setting, Contender contender, int round, Scores scores)
            throws IOException, InterruptedException {
        Path into = place.emptyRun();
        try {
            round(which, setting, contender, round, scores, into);
        } finally {
            place.leave(into);
        }
    }

    private void round(Case which, Case.Setting setting, Contender contender, int round, Scores scores, Path into)
            throws IOException, InterruptedException {
        contender.work().before(into);
        List<String> command = contender.work().command(into);
        long requests = setting.requests().getAsLong();
        long connections = setting.connections().getAsLong();
        Stopwatch.Reading reading = contender
                .work()
                .measured(stopwatch.run(command, contender.work().environment()));
        long requestsMade = setting.requests().getAsLong() - requests;
        long connectionsMade = setting.connections().getAsLong() - connections;
        contender.work().check(into, reading.printed());
        if (round > 0) {
            scores.add(contender.name(), round, reading, requestsMade, connectionsMade);
            out.printf(Locale.ROOT, "  %-18s %-16s %7.3f s%n", which.name(), contender.name(), reading.wall());
            out.flush();
        }
    }

    /** The goals of a case and those of every case. */
    static List<Goal> goals(Case which, Scores scores) {
        List<Goal> goals = new ArrayList<>(which.goals());
        scores.contenders().stream()
                .filter(Contender::isOurs)
                .forEach(each -> goals.add(Goal.memory(each.name(), MEMORY)));
        return goals;
    }
}
