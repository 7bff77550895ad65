package io.synctools.config;

/** What a list declares, and so which keys its entries have. */
public enum ListKind {
    /** Model repositories. */
    MODELS("models", "model_name"),
    /** Dataset repositories. */
    DATASETS("datasets", "dataset_name"),
    /** Rules for container images. */
    IMAGES("images", ""),
    /** One project: models and datasets in one file. */
    PROJECT("project", ""),
    /** Which project goes to which clusters. */
    CLUSTERS("projects-clusters", "");

    private final String label;
    private final String nameKey;

    ListKind(String label, String nameKey) {
        this.label = label;
        this.nameKey = nameKey;
    }

    /** The word for it in names of files, items and messages. */
    public String label() {
        return label;
    }

    /** What a file of it is, in a sentence. */
    String phrase() {
        return switch (this) {
            case MODELS, DATASETS -> "a list of " + label;
            case IMAGES -> "a list of image rules";
            case PROJECT -> "a project";
            case CLUSTERS -> "the list of which project goes to which clusters";
        };
    }

    /** The key that names the repository in an entry; empty where entries have none. */
    String nameKey() {
        return nameKey;
    }
}
