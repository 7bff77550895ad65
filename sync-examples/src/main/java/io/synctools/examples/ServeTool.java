package io.synctools.examples;

import io.synctools.huggingface.HuggingFaceCache;
import io.synctools.huggingface.LocalDir;
import io.synctools.mirror.Inventory;
import io.synctools.model.SyncOptions;
import io.synctools.modelscope.ModelScopeCache;
import io.synctools.serve.HubServer;
import io.synctools.serve.RunningHub;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves what was mirrored, as both hubs do, until a signal comes. */
@Command
final class ServeTool {
    private final Shell shell;

    @Option(names = "--modelscope-cache", paramLabel = "DIR", description = "a ModelScope cache; repeatable")
    private List<Path> modelscopeCaches = List.of();

    @Option(names = "--huggingface-cache", paramLabel = "DIR", description = "a Hugging Face cache; repeatable")
    private List<Path> huggingfaceCaches = List.of();

    @Option(
            names = "--local-root",
            paramLabel = "DIR",
            description = "a root of local directories; repeatable (without any root: where flows put things)")
    private List<Path> localRoots = List.of();

    @Option(names = "--port", paramLabel = "N", defaultValue = "0", description = "(default: any that is free)")
    private Port port = new Port(0);

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "listen there, for example 0.0.0.0; with --token-file or --open (default: loopback)")
    private @Nullable String bind;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "readers have to carry one of its lines, in HF_TOKEN or MODELSCOPE_API_TOKEN")
    private @Nullable Path tokenFile;

    @Option(names = "--open", description = "whoever reaches the address may read")
    private boolean open;

    @Option(
            names = "--tls",
            paramLabel = "CERT,KEY",
            description = "speak TLS, with a certificate chain and its PKCS #8 key, both in PEM")
    private @Nullable String tls;

    @Option(names = "--access-log", paramLabel = "FILE", description = "a line for each request; - for the output")
    private @Nullable String accessLog;

    ServeTool(Shell shell) {
        this.shell = shell;
    }

    int run(List<String> arguments) throws IOException, InterruptedException {
        Parsing parsing = new Parsing("serve", this, shell.env("HOME"));
        if (parsing.wantsHelp(arguments)) {
            shell.out().print(parsing.help());
            return 0;
        }
        HubServer server = server();
        try (PrintStream log = log()) {
            try (RunningHub hub = port.listen((log == null ? server : server.accessLog(log::println))::start)) {
                shell.out().println("export HF_ENDPOINT=" + hub.uri());
                shell.out().println("export MODELSCOPE_ENDPOINT=" + hub.uri());
                shell.out().flush();
                new CountDownLatch(1).await();
            }
        }
        return 0;
    }

    /** The server that the options describe. */
    HubServer server() {
        HubServer server = HubServer.over(roots());
        if (open && tokenFile != null) {
            throw new IllegalArgumentException("--open lets everybody in, --token-file does not: give one of them");
        }
        if (open) {
            server = server.open();
        }
        if (tokenFile != null) {
            server = server.tokens(tokens(tokenFile));
        }
        if (bind != null) {
            try {
                server = server.bind(InetAddress.getByName(bind));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("--bind: \"" + bind + "\" is no address of this machine", e);
            }
        }
        if (tls != null) {
            int comma = tls.indexOf(',');
            if (comma < 1 || comma == tls.length() - 1) {
                throw new IllegalArgumentException(
                        "--tls: write the certificate and the key, with a comma between them");
            }
            server = server.tls(Path.of(tls.substring(0, comma)), Path.of(tls.substring(comma + 1)));
        }
        return server;
    }

    private List<Inventory> roots() {
        RunContext context = RunContext.of(
                SyncOptions.builder().environment(shell.environment()).build());
        List<Inventory> roots = new ArrayList<>();
        add(roots, modelscopeCaches, root -> new ModelScopeCache(root, context));
        add(roots, huggingfaceCaches, root -> new HuggingFaceCache(root, true, context));
        add(roots, localRoots, root -> new LocalDir(root, context));
        return roots.isEmpty() ? Inventories.all(new Roots(Roots.options(shell)), context) : roots;
    }

    private static void add(List<Inventory> roots, List<Path> given, Function<Path, Inventory> layout) {
        for (Path root : given) {
            if (!Files.isDirectory(root)) {
                throw new IllegalArgumentException("there is no folder " + root);
            }
            roots.add(layout.apply(root));
        }
    }

    private static List<String> tokens(Path file) {
        List<String> tokens;
        try {
            tokens = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new IllegalArgumentException("--token-file: cannot read " + file + "; is it there, as text?", e);
        }
        if (tokens.isEmpty()) {
            throw new IllegalArgumentException("--token-file: there is no token in " + file + "; write one on a line");
        }
        return tokens;
    }

    private @Nullable PrintStream log() throws IOException {
        if (accessLog == null) {
            return null;
        }
        return accessLog.equals("-")
                ? new PrintStream(shell.out(), true)
                : new PrintStream(
                        Files.newOutputStream(Path.of(accessLog), StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                        true,
                        StandardCharsets.UTF_8);
    }
}
