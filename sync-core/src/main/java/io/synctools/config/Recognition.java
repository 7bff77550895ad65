package io.synctools.config;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Tells what kind a list is: by its content, and by its name where the content fits several. */
final class Recognition {

    private Recognition() {}

    static ListKind kind(ListFile file) {
        String[] path = file.name().toLowerCase(Locale.ROOT).split("/", -1);
        String base = path[path.length - 1];
        boolean inProjects = path.length > 1 && path[path.length - 2].equals(ProjectLists.PROJECTS_FOLDER);
        Optional<ListKind> named = named(base, inProjects);
        if (!ListReader.isJson(file)) {
            return named.filter(kind -> kind == ListKind.DATASETS).orElse(ListKind.MODELS);
        }
        Optional<JsonValue> root = JsonList.read(file, new Faults());
        if (root.isPresent() && root.get() instanceof JsonValue.Array array) {
            return inProjects ? ListKind.PROJECT : ofArray(array, named);
        }
        return root.isPresent() && root.get() instanceof JsonValue.Members object
                ? ofObject(object, named)
                : named.orElse(ListKind.MODELS);
    }

    /** The kind that a list of JSON surely is by its content, where that is another one than expected. */
    static Optional<ListKind> otherThan(ListKind expected, ListFile file) {
        Optional<JsonValue> root = JsonList.read(file, new Faults());
        if (root.isEmpty()) {
            return Optional.empty();
        }
        if (root.get() instanceof JsonValue.Members object) {
            ListKind kind = ofObject(object, Optional.empty());
            return kind == ListKind.MODELS ? Optional.empty() : Optional.of(kind);
        }
        return root.get() instanceof JsonValue.Array array
                ? ofAll(array).filter(kind -> kind != expected)
                : Optional.empty();
    }

    /** The kind of which every element has the own key; empty where they differ, or have none. */
    private static Optional<ListKind> ofAll(JsonValue.Array array) {
        Set<ListKind> kinds = EnumSet.noneOf(ListKind.class);
        for (JsonValue element : array.elements()) {
            if (!(element instanceof JsonValue.Members object)) {
                return Optional.empty();
            }
            List<String> own = keys(object);
            boolean images = own.contains("src") && own.contains("dest");
            boolean models = own.contains(ListKind.MODELS.nameKey());
            boolean datasets = own.contains(ListKind.DATASETS.nameKey());
            if (Stream.of(images, models, datasets).filter(one -> one).count() != 1) {
                return Optional.empty();
            }
            kinds.add(images ? ListKind.IMAGES : models ? ListKind.MODELS : ListKind.DATASETS);
        }
        // One entry of another kind may as well be one with a wrong key.
        boolean sure = kinds.size() == 1 && (array.elements().size() > 1 || kinds.contains(ListKind.IMAGES));
        return sure ? Optional.of(kinds.iterator().next()) : Optional.empty();
    }

    private static ListKind ofArray(JsonValue.Array array, Optional<ListKind> named) {
        Set<String> keys = new HashSet<>();
        long models = 0;
        long datasets = 0;
        for (JsonValue element : array.elements()) {
            if (element instanceof JsonValue.Members object) {
                List<String> own = keys(object);
                keys.addAll(own);
                models += own.contains(ListKind.MODELS.nameKey()) ? 1 : 0;
                datasets += own.contains(ListKind.DATASETS.nameKey()) ? 1 : 0;
            }
        }
        boolean repositories = keys.contains("platform") || keys.contains("organization") || models + datasets > 0;
        if (!repositories && (keys.contains("src") || keys.contains("dest"))) {
            return ListKind.IMAGES;
        }
        if (!repositories && named.isPresent()) {
            return named.get();
        }
        ListKind byKeys = datasets > models ? ListKind.DATASETS : ListKind.MODELS;
        return named.filter(kind -> kind == ListKind.MODELS || kind == ListKind.DATASETS)
                .orElse(byKeys);
    }

    private static ListKind ofObject(JsonValue.Members object, Optional<ListKind> named) {
        if (named.isPresent()) {
            return named.get();
        }
        List<String> keys = keys(object);
        if (keys.contains(ListKind.MODELS.label()) || keys.contains(ListKind.DATASETS.label())) {
            return ListKind.PROJECT;
        }
        boolean clusters = object.members().stream()
                .anyMatch(member -> member.value() instanceof JsonValue.Members inner
                        && keys(inner).contains("clusters"));
        return clusters ? ListKind.CLUSTERS : ListKind.MODELS;
    }

    private static Optional<ListKind> named(String base, boolean inProjects) {
        if (base.contains("cluster")) {
            return Optional.of(ListKind.CLUSTERS);
        }
        if (inProjects || base.contains("project")) {
            return Optional.of(ListKind.PROJECT);
        }
        List<ListKind> kinds = Arrays.stream(new String[] {"model", "dataset", "image"})
                .filter(base::contains)
                .map(word -> ListKind.valueOf(word.toUpperCase(Locale.ROOT) + "S"))
                .toList();
        return kinds.size() == 1 ? Optional.of(kinds.get(0)) : Optional.empty();
    }

    private static List<String> keys(JsonValue.Members object) {
        return object.members().stream().map(JsonValue.Member::key).toList();
    }
}
