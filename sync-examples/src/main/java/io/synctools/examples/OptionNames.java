package io.synctools.examples;

import io.synctools.SyncReport;
import io.synctools.SyncReport.Failure;
import io.synctools.SyncReport.Item;
import io.synctools.config.ListFault;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes options that messages of the library name as the command line knows them: {@code option "wait"}, {@code --wait}. */
final class OptionNames {
    private static final Pattern OPTION = Pattern.compile("(?:the )?option \"([a-z-]+)(?:\\.([^\"]+))?\"");

    private OptionNames() {}

    /** A message of the library; of {@code registry.quay.io} the part after the dot is the option's value. */
    static String written(String message) {
        return OPTION.matcher(message)
                .replaceAll(option -> Matcher.quoteReplacement(
                        "--" + option.group(1) + (option.group(2) == null ? "" : " " + option.group(2))));
    }

    static ListFault written(ListFault fault) {
        return new ListFault(fault.place(), fault.error(), written(fault.message()));
    }

    static SyncReport written(SyncReport report) {
        return report.withItems(
                report.items().stream().map(OptionNames::written).toList());
    }

    private static Item written(Item item) {
        return item.withFailures(item.failures().stream()
                .map(failure ->
                        new Failure(failure.entry(), failure.kind(), written(failure.message()), failure.retryable()))
                .toList());
    }
}
