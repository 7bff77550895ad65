package io.synctools.report;

import io.synctools.SyncReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * All that was kept below a folder: what runs reported, and what verifications found.
 *
 * @param skipped why a JSON file that begins like one of them is neither, naming it
 */
public record KeptReports(List<SyncReport> reports, List<Verification> verifications, List<String> skipped) {

    private static final int BEGINNING = 4096;

    public KeptReports {
        reports = List.copyOf(reports);
        verifications = List.copyOf(verifications);
        skipped = List.copyOf(skipped);
    }

    /** Reads each JSON file below a folder. */
    public static KeptReports read(Path folder) throws IOException {
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
                if (!isVerification(file, verifications) && wasMeant(file)) {
                    skipped.add(String.valueOf(e.getMessage()));
                }
            }
        }
        return new KeptReports(reports, verifications, skipped);
    }

    /** Whether a file began as what we write; other JSON has its own reasons to lie there. */
    private static boolean wasMeant(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String begin = new String(in.readNBytes(BEGINNING), StandardCharsets.UTF_8);
            boolean isProof = begin.contains("\"pin\"");
            return begin.contains("\"version\"")
                    && (begin.contains("\"items\"") || (begin.contains("\"flow\"") && !isProof));
        }
    }

    private static boolean isVerification(Path file, List<Verification> verifications) {
        try {
            return Verification.read(file).map(verifications::add).orElse(false);
        } catch (IOException e) {
            return false; // whoever asks says why it is no report
        }
    }
}
