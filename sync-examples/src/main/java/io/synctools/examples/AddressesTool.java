package io.synctools.examples;

import io.synctools.model.SyncItem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints where images are found: a page for those who pull them. Contacts nobody. */
@Command
final class AddressesTool {
    private final Shell shell;

    @Parameters(
            paramLabel = "FLOW",
            arity = "0..*",
            description = "image flows (default: all that are shipped, where no list is given)")
    private List<String> flows = List.of();

    @Option(names = "--images", paramLabel = "FILE", description = "a list of image rules; repeatable")
    private List<String> lists = new ArrayList<>();

    @Option(names = "--append-name", description = "append the source's last name to the destination always")
    private boolean appendName;

    @Option(
            names = "--language",
            paramLabel = "en|zh",
            defaultValue = "en",
            description = "the page's language (default: ${DEFAULT-VALUE})")
    private ImageAddresses.Language language = ImageAddresses.Language.EN;

    AddressesTool(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) {
        Parsing parsing = new Parsing("addresses", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        boolean ours = flows.isEmpty() && lists.isEmpty() && !appendName;
        ImageAddresses addresses = new ImageAddresses(declared());
        shell.out().print(addresses.page(language, command(arguments), ours));
        return 0;
    }

    private Map<String, List<SyncItem>> declared() {
        Map<String, List<SyncItem>> declared = new LinkedHashMap<>();
        for (String flow : flows.isEmpty() && lists.isEmpty() ? shipped() : flows) {
            declared.put(flow, items(known(flow), List.of()));
        }
        for (String list : lists) {
            declared.computeIfAbsent("images", name -> new ArrayList<>())
                    .addAll(items("images", List.of("--images", list)));
        }
        return declared;
    }

    private List<SyncItem> items(String flow, List<String> options) {
        List<String> all = Stream.concat(options.stream(), appendName ? Stream.of("--append-name") : Stream.of())
                .toList();
        return new ArrayList<>(FlowRun.of(shell, flow).declared(all));
    }

    /** The flows whose rules are part of them. */
    private static List<String> shipped() {
        return Flows.ALL.stream()
                .map(Flows.Named::name)
                .filter(name -> name.startsWith("images-"))
                .toList();
    }

    private static String known(String name) {
        Flows.named(name);
        if (!Flows.isOfImages(name)) {
            throw new IllegalArgumentException(
                    name + " mirrors no images; those that do are " + String.join(", ", shipped()));
        }
        return name;
    }

    private static String command(List<String> arguments) {
        return Stream.concat(Stream.of("./sync", "addresses"), arguments.stream())
                .map(word -> word.matches("[\\w./=:-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
