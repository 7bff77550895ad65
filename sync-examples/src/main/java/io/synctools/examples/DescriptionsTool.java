package io.synctools.examples;

import io.synctools.PlanException;
import io.synctools.config.DescriptionList;
import io.synctools.config.ListFault;
import io.synctools.config.ListFile;
import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.http.Loopback;
import io.synctools.internal.retry.Retrier;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.model.SyncOptions;
import io.synctools.skopeo.RepositoryPages;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import okhttp3.HttpUrl;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Brings README texts to the pages of image repositories, those that changed. Used once, by one thread. */
@Command
final class DescriptionsTool implements LibraryOptions.Taker {
    private static final int TEXT_LIMIT = 1 << 20;

    private final Shell shell;

    @Option(
            names = "--list",
            paramLabel = "FILE",
            required = true,
            description = "[{\"src\": URL or path, \"dest\": \"docker.io/NS/NAME\" or \"quay.io/NS/NAME\"}]")
    private Path list = Path.of("");

    @Option(names = "--dry-run", description = "say what would change, change nothing")
    private boolean dryRun;

    private final LibraryOptions library;

    private int changed;
    private int same;
    private int failed;

    DescriptionsTool(Shell shell) {
        this.shell = shell;
        this.library = new LibraryOptions(shell.environment(), List.of(SyncOptions.VIA));
    }

    @Override
    public LibraryOptions library() {
        return library;
    }

    int run(List<String> arguments) throws InterruptedException {
        Parsing parsing = new Parsing("descriptions", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        DescriptionList.Reading reading = DescriptionList.read(ListFile.read(list));
        if (reading.faults().stream().anyMatch(ListFault::error)) {
            throw new PlanException(reading.faults());
        }
        reading.faults().forEach(shell.err()::println);
        library.options().get(SyncOptions.VIA).forEach(DescriptionsTool::checkSecret);
        RunContext context = RunContext.of(
                library.options().toBuilder().retryFor(Duration.ofMinutes(1)).build());
        RepositoryPages pages = RepositoryPages.of(context);
        for (DescriptionList.Text text : reading.texts()) {
            try {
                bring(text, context, pages);
            } catch (SyncException e) {
                failed++;
                shell.out().println("FAILED      " + text.repository() + ": " + e.kind() + ": " + e.getMessage());
            }
        }
        shell.out()
                .println("descriptions: " + changed + (dryRun ? " to change, " : " changed, ") + same + " up to date, "
                        + failed + " failed");
        return failed > 0 ? 1 : 0;
    }

    /** Passwords go there. */
    private static void checkSecret(String host, String address) {
        HttpUrl url = HttpUrl.parse(address);
        if (url != null && !url.isHttps() && !Loopback.is(url.host())) {
            throw new IllegalArgumentException(
                    "--via " + host + "=" + address + ": passwords would travel over plain http; use an https address");
        }
    }

    private void bring(DescriptionList.Text declared, RunContext context, RepositoryPages pages)
            throws InterruptedException {
        Optional<TextOrigin> origin = origin(declared);
        Readme.Links links = (target, image) -> origin.flatMap(from -> from.absolute(target, image));
        Readme whole = Readme.of(text(declared, context), links);
        String repository = declared.repository();
        Readme text = whole.within(
                RepositoryPages.limit(repository),
                origin.map(from -> "[…](" + from.page() + ")").orElse("…") + "\n");
        if (text.sameAs(pages.read(repository))) {
            same++;
            shell.out().println("up to date  " + repository);
            return;
        }
        if (!dryRun) {
            pages.write(repository, text.text());
        }
        changed++;
        shell.out().println((dryRun ? "to change   " : "changed     ") + repository + "  from " + declared.source());
        if (!text.equals(whole)) {
            note("shortened to what the page takes, " + RepositoryPages.limit(repository) + " bytes");
        }
        if (text.relative() > 0) {
            note(text.relative()
                    + " relative links lead nowhere there; say by \"base\" at which address they are meant");
        }
    }

    private void note(String text) {
        shell.out().println("            note: " + text);
    }

    private Optional<TextOrigin> origin(DescriptionList.Text declared) {
        if (declared.base().isPresent()) {
            return TextOrigin.of(declared.base().get());
        }
        return isAddress(declared.source())
                ? TextOrigin.of(declared.source())
                : TextOrigin.ofCheckout(Path.of(declared.source()), shell.environment());
    }

    private static boolean isAddress(String source) {
        return source.matches("https?://.+");
    }

    private static String text(DescriptionList.Text declared, RunContext context) throws InterruptedException {
        String source = declared.source();
        byte[] bytes = isAddress(source) ? fetched(source, context) : read(Path.of(source));
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.isBlank()) {
            throw new SyncException(FailureKind.NOT_FOUND, source + " is empty, and would empty the page");
        }
        return text;
    }

    private static byte[] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return whole(file.toString(), in);
        } catch (IOException e) {
            throw new SyncException(
                    FailureKind.NOT_FOUND, file.toAbsolutePath() + " cannot be read: " + e.getMessage(), false, e);
        }
    }

    private static byte[] fetched(String address, RunContext context) throws InterruptedException {
        HttpUrl url = TextOrigin.of(address)
                .map(TextOrigin::raw)
                .orElseThrow(() -> new SyncException(FailureKind.NOT_FOUND, address + " is no address"));
        return Retrier.of(context).call("read " + address, () -> {
            try (HttpResponse answer = Http.of(context).send(HttpRequest.get(url))) {
                if (!answer.ok()) {
                    throw new SyncException(
                            answer.status() == 404 ? FailureKind.NOT_FOUND : FailureKind.ACCESS,
                            url + ": status " + answer.status());
                }
                if (answer.header("Content-Type").orElse("").startsWith("text/html")) {
                    throw new SyncException(
                            FailureKind.INCOMPATIBLE, url + " is a web page; name the address of the text itself");
                }
                return whole(address, answer.body());
            }
        });
    }

    private static byte[] whole(String name, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(TEXT_LIMIT + 1);
        if (bytes.length > TEXT_LIMIT) {
            throw new SyncException(FailureKind.INCOMPATIBLE, name + " is larger than 1 MiB, and no README");
        }
        return bytes;
    }
}
