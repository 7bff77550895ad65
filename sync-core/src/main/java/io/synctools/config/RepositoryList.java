package io.synctools.config;

import io.synctools.internal.text.Printable;
import io.synctools.model.NameFilter;
import io.synctools.model.PathPatterns;
import io.synctools.model.SyncItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads an array of objects that each declare one repository. */
final class RepositoryList {
    private static final Map<String, String> MISTAKEN_FOR_OTHERS = Map.of(
            "org", "organization",
            "owner", "organization",
            "namespace", "organization",
            "hub", "platform",
            "branch", "revision",
            "tag", "revision",
            "commit", "revision",
            "dir", "local_dir",
            "include", "allow_patterns",
            "exclude", "ignore_patterns");

    private final ListKind kind;
    private final Destinations destinations;
    private final Faults faults;

    /**
     * A reader of one kind.
     *
     * @param kind {@code MODELS} or {@code DATASETS}
     */
    RepositoryList(ListKind kind, Destinations destinations, Faults faults) {
        this.kind = kind;
        this.destinations = destinations;
        this.faults = faults;
    }

    /** The items of an array; everything in it that is no entry is a fault. */
    List<SyncItem> read(JsonValue root) {
        if (!(root instanceof JsonValue.Array array)) {
            faults.error(
                    root.place(),
                    "a list of " + kind.label() + " is an array, not " + root.what()
                            + "; put [ and ] around the objects");
            return List.of();
        }
        List<SyncItem> items = new ArrayList<>();
        for (JsonValue element : array.elements()) {
            if (element instanceof JsonValue.Members object) {
                item(object).ifPresent(items::add);
            } else {
                faults.error(
                        element.place(),
                        "an entry is an object with \"platform\", \"organization\" and \"" + kind.nameKey() + "\", not "
                                + element.what());
            }
        }
        return items;
    }

    private Optional<SyncItem> item(JsonValue.Members object) {
        int before = faults.errors();
        Fields fields = new Fields(object, "a list of " + kind.label(), keys(), mistaken(), faults);
        Optional<String> platform = checked(fields, "platform", fields.required("platform"), RepositoryEntry::platform);
        Optional<RepositoryName> name = name(fields, platform.equals(Optional.of(RepositoryEntry.HUGGING_FACE)));
        Optional<String> revision = checked(fields, "revision", fields.text("revision"), RevisionName::check);
        Optional<String> localDir = checked(
                fields,
                "local_dir",
                fields.text("local_dir"),
                text -> DestinationFolder.expand(text, destinations.home()));
        NameFilter filter = filter(fields);
        if (faults.errors() > before || platform.isEmpty() || name.isEmpty()) {
            return Optional.empty();
        }
        String path = kind.label() + "/" + name.get();
        return Optional.of(new RepositoryEntry(platform.get(), path, revision.orElse(""), filter, object.place())
                .item(localDir, destinations));
    }

    private List<String> keys() {
        return List.of(
                "platform",
                "organization",
                kind.nameKey(),
                "revision",
                "local_dir",
                "allow_patterns",
                "ignore_patterns");
    }

    /** The other section's key first of all: it is the mistake that was made most often. */
    private Map<String, String> mistaken() {
        Map<String, String> all = new HashMap<>(MISTAKEN_FOR_OTHERS);
        for (String key : List.of("model_name", "dataset_name", "name", "model", "dataset", "repo", "repository")) {
            if (!key.equals(kind.nameKey())) {
                all.put(key, kind.nameKey());
            }
        }
        return all;
    }

    private Optional<RepositoryName> name(Fields fields, boolean huggingFace) {
        boolean none = huggingFace
                && fields.value("organization").orElse(null) instanceof JsonValue.Text text
                && text.value().isEmpty();
        Optional<String> organization = none ? Optional.of("") : fields.required("organization");
        Optional<String> name = fields.required(kind.nameKey());
        boolean whole = organization.isPresent() && name.isPresent();
        Optional<RepositoryName> meant = whole && (organization.get() + name.get()).contains("/")
                ? RepositoryName.meant(organization.get(), name.get(), huggingFace)
                : Optional.empty();
        if (meant.isPresent()) {
            String wrong = name.get().contains("/") ? kind.nameKey() : "organization";
            faults.error(
                    fields.place(wrong), misplaced(wrong, fields.text(wrong).orElse(""), meant.get()));
            return Optional.empty();
        }
        Optional<String> goodOrganization =
                checked(fields, "organization", organization, text -> organization(text, huggingFace));
        Optional<String> goodName = checked(fields, kind.nameKey(), name, text -> part(text, huggingFace));
        return goodOrganization.isPresent() && goodName.isPresent()
                ? Optional.of(new RepositoryName(goodOrganization.get(), goodName.get()))
                : Optional.empty();
    }

    private String misplaced(String key, String text, RepositoryName meant) {
        String write = "; write \"organization\": \"" + meant.organization() + "\", \"" + kind.nameKey() + "\": \""
                + meant.name() + "\"";
        return RepositoryName.looksLikeAddress(text)
                ? "\"" + key + "\" is an address, not a name" + write
                : "\"" + key + "\" is the part on its own side of the slash, not " + Printable.quoted(text) + write;
    }

    private static String organization(String text, boolean huggingFace) throws RefusedValueException {
        RepositoryName.checkOrganization(text, huggingFace);
        return text;
    }

    private static String part(String text, boolean huggingFace) throws RefusedValueException {
        RepositoryName.checkPart("name", text, huggingFace);
        return text;
    }

    private NameFilter filter(Fields fields) {
        Optional<List<String>> allow = fields.texts("allow_patterns");
        List<String> ignore = fields.texts("ignore_patterns").orElse(List.of());
        if (fields.value("allow_patterns").orElse(null) instanceof JsonValue.Array array
                && array.elements().isEmpty()) {
            faults.warning(
                    fields.place("allow_patterns"),
                    "an empty \"allow_patterns\" keeps no file at all; leave the key out to keep all");
        }
        return PathPatterns.of(allow, ignore);
    }

    /** A check that may refuse a value. */
    private interface Check {
        String apply(String text) throws RefusedValueException;
    }

    private Optional<String> checked(Fields fields, String key, Optional<String> text, Check check) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(check.apply(text.get()));
        } catch (RefusedValueException e) {
            String message = e.why();
            faults.error(fields.place(key), message.contains(key) ? message : "\"" + key + "\": " + message);
            return Optional.empty();
        }
    }
}
