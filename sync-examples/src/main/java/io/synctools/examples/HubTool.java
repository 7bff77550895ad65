package io.synctools.examples;

import io.synctools.internal.text.Rate;
import io.synctools.standin.Hub;
import io.synctools.standin.HubRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Serves repositories below a folder in both dialects until a signal comes: for trials by hand and for benchmarks. */
@Command
final class HubTool {
    private final Shell shell;

    @Parameters(
            paramLabel = "DIR",
            description = "a folder with models/<organization>/<name> and datasets/<organization>/<name>")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Option(names = "--port", paramLabel = "N", defaultValue = "0", description = "port on 127.0.0.1 (default: any)")
    private Port port = new Port(0);

    @Option(
            names = "--latency",
            paramLabel = "DURATION",
            defaultValue = "0s",
            description = "before each answer, for example 20ms")
    private Duration latency = Duration.ZERO;

    @Option(names = "--cap", paramLabel = "RATE", description = "for each connection, for example 20MiB/s")
    private @Nullable Rate cap;

    HubTool(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) throws IOException, InterruptedException {
        Parsing parsing = new Parsing("hub", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(folder + " is not a folder");
        }
        List<HubRepository> repositories = HubRepository.allBelow(folder);
        long rate = cap == null ? 0 : cap.bytesPerSecond();
        try (Hub hub = port.listen(number -> Hub.start(new Hub.Options(number, latency, rate), repositories))) {
            shell.out().println("export MODELSCOPE_ENDPOINT=" + hub.origin() + " HF_ENDPOINT=" + hub.origin());
            shell.out().flush();
            new CountDownLatch(1).await();
        }
        return 0;
    }
}
