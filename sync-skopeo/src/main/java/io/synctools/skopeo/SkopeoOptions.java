package io.synctools.skopeo;

import io.synctools.model.Option;
import io.synctools.spi.RunContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The options of images, and of models in registries, to be given with {@code SyncOptions.builder().set}. */
public final class SkopeoOptions {

    /** Name or path of the program; where it is not given, {@code skopeo} on the {@code PATH}. */
    public static final Option<String> SKOPEO =
            Option.text("skopeo", "PROGRAM", "name or path of skopeo (default: skopeo)");

    /** How long the copy of one tag may take. */
    public static final Option<Duration> COPY_TIMEOUT =
            Option.duration("copy-timeout", "1ms", "2h", "images: one tag's copy");

    /** How many tags are copied to one destination host at once. */
    public static final Option<Integer> COPIES_PER_HOST =
            Option.number("copies-per-host", 1, 1024, 8, "images: tags copied to one host at once");

    /** The file that remembers what was written where; where it is not given, one below {@code ~/.cache/sync-tools}. */
    public static final Option<Path> LEDGER = Option.path(
            "ledger",
            "FILE",
            "images: remembers what was written where (default: ~/.cache/sync-tools/image-ledger.json)");

    /** Registries that are reached at another address, by their host. */
    public static final Option<Map<String, String>> REGISTRY = Option.each(
            "registry",
            "HOST=HOST[:PORT]",
            host -> host(ImageRepository.canonicalHost(host)),
            SkopeoOptions::host,
            "reach a registry at another address");

    /** What a model or dataset becomes in a registry. */
    public enum OciForm {
        /** An artifact after the CNCF's model specification, whose layers are the files as they are. */
        ARTIFACT,
        /** An image whose layers are tar archives, for container runtimes that mount images only. */
        IMAGE
    }

    /** What a model or dataset becomes in a registry. */
    public static final Option<OciForm> OCI_FORM =
            Option.choice("oci-form", OciForm.class, OciForm.ARTIFACT, "oci://: what a model becomes there");

    static final List<Option<?>> ALL = List.of(SKOPEO, COPY_TIMEOUT, COPIES_PER_HOST, LEDGER, REGISTRY, OCI_FORM);

    private SkopeoOptions() {}

    static String program(RunContext context) {
        return context.options().find(SKOPEO).orElse("skopeo");
    }

    static Path ledger(RunContext context) {
        return context.options()
                .find(LEDGER)
                .orElseGet(() -> Path.of(context.env("HOME").orElse("."), ".cache", "sync-tools", "image-ledger.json"));
    }

    private static String host(String text) {
        if (!ImageRepository.isHost(text)) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no host; write HOST=HOST[:PORT], without a scheme or a path");
        }
        return text;
    }
}
