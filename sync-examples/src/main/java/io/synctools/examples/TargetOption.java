package io.synctools.examples;

import io.synctools.Platforms;
import io.synctools.huggingface.HuggingFaceOptions;
import io.synctools.internal.text.Nearest;
import io.synctools.model.ArtifactRef;
import io.synctools.model.SyncOptions;
import io.synctools.modelscope.ModelScopeOptions;
import io.synctools.skopeo.SkopeoOptions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that sends models and datasets to another target than a disk. */
final class TargetOption {
    static final String NAME = "--to";

    private static final Pattern URL = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://(.+?)/*");
    private static final Pattern UNFIT = Pattern.compile("[\\s?#\\\\\\p{Cntrl}]|//|(^|/)\\.{1,2}(/|$)");
    private static final List<io.synctools.model.Option<?>> FOR_DISKS = List.of(
            ModelScopeOptions.CACHE, HuggingFaceOptions.CACHE, HuggingFaceOptions.LOCAL_ROOT, SyncOptions.ADOPT);

    @Option(
            names = NAME,
            paramLabel = "URL",
            description = "models and datasets to this target instead of a disk:"
                    + " oci://HOST/NAMESPACE or s3://BUCKET/PREFIX")
    private @Nullable String url;

    /** Whether it was given. */
    boolean given() {
        return url != null;
    }

    /**
     * The target's scheme, and the place there that was named; empty where a disk is meant.
     *
     * @throws IllegalArgumentException if it cannot be read, or no target has that scheme
     */
    Optional<ArtifactRef> place() {
        if (url == null) {
            return Optional.empty();
        }
        Set<String> known = Platforms.discover().targets();
        known.removeAll(Inventories.SCHEMES); // layouts of a disk, which have options of their own
        known.remove("docker"); // takes images, to where their rules say
        Matcher parts = URL.matcher(url);
        if (url.contains("@")) {
            throw new IllegalArgumentException(
                    NAME + ": leave the login out of the address; logins come from the environment or from files");
        }
        if (!parts.matches() || UNFIT.matcher(parts.group(2)).find()) {
            throw new IllegalArgumentException(NAME + " \"" + url + "\" is not the address of a target; write "
                    + known.stream().map(name -> name + "://PLACE").collect(Collectors.joining(" or ")));
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        if (!known.contains(scheme)) {
            throw new IllegalArgumentException(NAME + " " + url + ": no target for models and datasets is called \""
                    + scheme + "\""
                    + Nearest.to(scheme, known)
                            .map(name -> "; did you mean " + name + "://" + parts.group(2) + "?")
                            .orElse(known.isEmpty() ? "" : "; there is " + String.join(", ", known)));
        }
        return Optional.of(ArtifactRef.of(scheme, parts.group(2)));
    }

    /** As {@link #check(LibraryOptions, ListOptions)}, for a command without lists. */
    void check(LibraryOptions library) {
        check(library, new ListOptions());
    }

    /**
     * Refuses what means something on a disk only.
     *
     * @throws IllegalArgumentException naming it
     */
    void check(LibraryOptions library, ListOptions lists) {
        boolean isRegistry = url != null && url.toLowerCase(Locale.ROOT).startsWith("oci:");
        if (library.has(SkopeoOptions.OCI_FORM) && !isRegistry) {
            throw new IllegalArgumentException("--" + SkopeoOptions.OCI_FORM.name()
                    + " says what a model becomes in a registry; name one by " + NAME + " oci://HOST/NAMESPACE");
        }
        if (url == null) {
            return;
        }
        for (io.synctools.model.Option<?> option : FOR_DISKS) {
            if (library.has(option)) {
                throw excluded("--" + option.name());
            }
        }
        if (lists.huggingfaceLayout != null) {
            throw excluded("--huggingface-layout");
        }
        place();
    }

    private static IllegalArgumentException excluded(String option) {
        return new IllegalArgumentException(NAME + " sends everything to another place than a disk, where " + option
                + " means nothing; choose one");
    }
}
