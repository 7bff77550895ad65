package io.synctools.examples;

import io.synctools.config.Destinations;
import io.synctools.config.ListFile;
import io.synctools.config.ListKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** All flows, in the order in which the help lists them. */
final class Flows {

    /**
     * A flow as the help lists it.
     *
     * @param name what the command line calls it: the class's name in kebab case
     * @param about one line
     * @param flow what it declares
     */
    record Named(String name, String about, Flow flow) {

        /** The kinds of lists that it has: others are refused. */
        Set<ListKind> lists() {
            if (name.startsWith("images")) {
                return EnumSet.of(ListKind.IMAGES);
            }
            return switch (name) {
                case "project" -> EnumSet.of(ListKind.PROJECT);
                case "hk001-models" -> EnumSet.of(ListKind.MODELS);
                case "hk001-datasets" -> EnumSet.of(ListKind.DATASETS);
                default -> EnumSet.of(ListKind.MODELS, ListKind.DATASETS);
            };
        }

        /** Whether an option means something here; what does not stays out of the help. */
        boolean understands(String option) {
            boolean images = lists().contains(ListKind.IMAGES);
            return switch (option) {
                case "--models" -> lists().contains(ListKind.MODELS);
                case "--datasets" -> lists().contains(ListKind.DATASETS);
                case "--images", "--append-name", "--copy-timeout" -> images;
                case "--projects", "NAME" -> lists().contains(ListKind.PROJECT);
                case "--modelscope-cache" -> !images;
                case "--huggingface-layout", "--huggingface-cache", "--local-root" ->
                    !images
                            && !List.of("vllm-guiyang003", "sglang-sglang01", "sglang-guiyang004")
                                    .contains(name);
                case "--part-size", "--bandwidth", "--to" -> !images;
                default -> true;
            };
        }

        /** The names of the shipped lists that it reads where the options name no others. */
        List<String> shipped() {
            List<String> asked = new ArrayList<>();
            Lists.Files files = new Lists.Files() {
                @Override
                public boolean given(ListKind kind) {
                    return false;
                }

                @Override
                public ListFile file(ListKind kind, String shipped) {
                    asked.add(shipped);
                    return ListFile.of(shipped, "");
                }
            };
            try {
                flow.plan(new Lists(name, files, Destinations.standard(Optional.empty())));
            } catch (IllegalArgumentException e) {
                // Of those that it names; whether they are right is another question.
            }
            return asked;
        }
    }

    static final List<Named> ALL = List.of(
            new Named("vllm-guiyang003", "ModelScope -> its cache: Guiyang 003", VllmGuiyang003::plan),
            new Named("sglang-sglang01", "ModelScope -> its cache: inner source", SglangSglang01::plan),
            new Named("sglang-guiyang004", "ModelScope -> its cache: open source", SglangGuiyang004::plan),
            new Named("hk001-models", "both hubs -> caches or folders: models", Hk001Models::plan),
            new Named("hk001-datasets", "both hubs -> caches or folders: datasets", Hk001Datasets::plan),
            new Named(
                    "images-ap-southeast1-to-quay", "SGLang images: Hong Kong -> Quay", ImagesApSoutheast1ToQuay::plan),
            new Named(
                    "images-quay-to-cn-southwest2", "Ascend's images: Quay -> Guiyang", ImagesQuayToCnSouthwest2::plan),
            new Named(
                    "images-ap-southeast1-to-cn-east4",
                    "SGLang images: Hong Kong -> Huadong",
                    ImagesApSoutheast1ToCnEast4::plan),
            new Named(
                    "images-docker-hub-to-cn-southwest2",
                    "SGLang CANN images: Docker Hub -> Guiyang",
                    ImagesDockerHubToCnSouthwest2::plan),
            new Named(
                    "images-docker-hub-to-quay", "SGLang CANN images: Docker Hub -> Quay", ImagesDockerHubToQuay::plan),
            new Named(
                    "images-quay-to-ap-southeast1", "verl's images: Quay -> Hong Kong", ImagesQuayToApSoutheast1::plan),
            new Named("images", "any list of image rules: --images FILE", Images::plan),
            new Named("project", "NAME --projects DIR: models and datasets", Project::plan));

    private Flows() {}

    /** Whether a flow mirrors images. */
    static boolean isOfImages(String name) {
        return ALL.stream()
                .anyMatch(flow -> flow.name().equals(name) && flow.lists().contains(ListKind.IMAGES));
    }

    /** What the help of a flow shows. */
    static Predicate<String> understoodBy(String name) {
        return ALL.stream()
                .filter(flow -> flow.name().equals(name))
                .findFirst()
                .<Predicate<String>>map(flow -> flow::understands)
                .orElse(option -> true);
    }

    /**
     * The flow of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Flow named(String name) {
        return ALL.stream()
                .filter(flow -> flow.name().equals(name))
                .findFirst()
                .map(Named::flow)
                .orElseThrow(() -> new IllegalArgumentException("there is no flow \"" + name + "\""
                        + Parsing.hint(name, ALL.stream().map(Named::name).toList())
                        + "\nSee ./sync --help"));
    }
}
