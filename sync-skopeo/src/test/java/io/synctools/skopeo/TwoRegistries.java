package io.synctools.skopeo;

import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.Option;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Two real registries, the second behind a password, each behind a proxy; and runs of the real engine between them. */
final class TwoRegistries implements AutoCloseable {
    static final String FROM = "quay.io/ascend/cann";
    static final String TO = "swr.cn-east-4.myhuaweicloud.com/base/cann";

    final Path folder;
    final LocalRegistry source;
    final LocalRegistry destination;
    final RegistryProxy from;
    final RegistryProxy to;
    private final SyncOptions.Builder options = SyncOptions.builder();

    TwoRegistries(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("tmp"));
        source = LocalRegistry.open(folder.resolve("source"));
        destination = LocalRegistry.withPassword(folder.resolve("destination"));
        from = RegistryProxy.before(source.authority());
        to = RegistryProxy.before(destination.authority());
        reach("quay.io", from);
        reach("swr.cn-east-4.myhuaweicloud.com", to);
    }

    /** Has a registry reached through a proxy. */
    void reach(String host, RegistryProxy proxy) {
        Map<String, String> addresses = new HashMap<>(options.build().get(SkopeoOptions.REGISTRY));
        addresses.put(host, proxy.authority());
        option(SkopeoOptions.REGISTRY, addresses);
    }

    <T> void option(Option<T> option, T value) {
        options.set(option, value);
    }

    /** Puts an image under a tag of the source. */
    void push(TestImage image, String tag) {
        image.push(source.authority(), "ascend/cann", tag);
    }

    /** Gives an image of the source another tag there, written down as registries did it before schema 2. */
    void makeSchema1(String tag, String old) throws IOException, InterruptedException {
        String repository = "docker://" + source.authority() + "/ascend/cann:";
        Process skopeo = new ProcessBuilder(List.of(
                        "skopeo",
                        "--insecure-policy",
                        "copy",
                        "--format",
                        "v2s1",
                        "--src-tls-verify=false",
                        "--dest-tls-verify=false",
                        repository + tag,
                        repository + old))
                .redirectErrorStream(true)
                .start();
        String printed = new String(skopeo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (skopeo.waitFor() != 0) {
            throw new IOException(printed);
        }
    }

    /** Puts an image under a tag of the destination, behind our back. */
    void plant(TestImage image, String tag) {
        image.push(destination.authority(), "base/cann", tag, LocalRegistry.USER, LocalRegistry.PASSWORD);
    }

    SyncReport.Item run() {
        return run(item(FROM, TO)).get(0);
    }

    List<SyncReport.Item> run(SyncItem... items) {
        forgetRequests();
        return Syncer.builder()
                .context(context())
                .build()
                .run(SyncPlan.of("test", List.of(items)))
                .items();
    }

    SyncReport.Item preview() {
        forgetRequests();
        SyncPlan plan = SyncPlan.of("test", List.of(item(FROM, TO)));
        return Syncer.builder().context(context()).build().preview(plan).items().get(0);
    }

    void forgetRequests() {
        from.reset();
        to.reset();
    }

    static SyncItem item(String source, String target) {
        return SyncItem.of(ArtifactRef.of("docker", source), ArtifactRef.of("docker", target));
    }

    static SyncItem item(String source, String target, NameFilter filter) {
        return new SyncItem(ArtifactRef.of("docker", source), ArtifactRef.of("docker", target), filter, Place.NONE);
    }

    /** A fresh environment, as a new process has it. */
    RunContext context() {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", folder.resolve("home").toString());
        environment.put("TMPDIR", folder.resolve("tmp").toString());
        environment.put("SWR_CN_EAST_4_MYHUAWEICLOUD_COM_USER", LocalRegistry.USER);
        environment.put("SWR_CN_EAST_4_MYHUAWEICLOUD_COM_PASSWORD", LocalRegistry.PASSWORD);
        return RunContext.of(options.environment(environment).build());
    }

    Path ledger() {
        return folder.resolve("home/.cache/sync-tools/image-ledger.json");
    }

    /** What is left in the folder for temporary files. */
    List<Path> leftovers() throws IOException {
        try (var files = Files.list(folder.resolve("tmp"))) {
            return files.toList();
        }
    }

    @Override
    public void close() throws IOException {
        from.close();
        to.close();
        source.close();
        destination.close();
    }
}
