package io.synctools.examples.report;

import io.synctools.SyncReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that was kept below a folder: what runs reported, and what verifications found.
 *
 * @param skipped why a JSON file is neither, naming it
 */
public record Kept(List<SyncReport> reports, List<Verification> verifications, List<String> skipped) {

    public Kept {
        reports = List.copyOf(reports);
        verifications = List.copyOf(verifications);
        skipped = List.copyOf(skipped);
    }

    /** Reads each JSON file below a folder. */
    public static Kept read(Path folder) throws IOException {
        List<SyncReport> reports = new ArrayList<>();
        List<Verification> verifications = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(path -> path.toString().endsWith(".json"))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            try {
                reports.add(SyncReport.read(file));
            } catch (IOException e) {
                if (!isVerification(file, verifications)) {
                    skipped.add(String.valueOf(e.getMessage()));
                }
            }
        }
        return new Kept(reports, verifications, skipped);
    }

    private static boolean isVerification(Path file, List<Verification> verifications) {
        try {
            return Verification.read(file).map(verifications::add).orElse(false);
        } catch (IOException e) {
            return false; // whoever asks says why it is no report
        }
    }
}
