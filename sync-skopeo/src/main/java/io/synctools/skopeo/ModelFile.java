package io.synctools.skopeo;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a file is to a model, after the CNCF's model specification, told by its name. */
enum ModelFile {
    WEIGHT("weight"),
    WEIGHT_CONFIG("weight.config"),
    DOC("doc"),
    CODE("code"),
    DATASET("dataset");

    private static final Set<String> WEIGHT_CONFIGS = Set.of(
            "json", "jsonl", "yaml", "yml", "toml", "ini", "jinja", "model", "tiktoken", "vocab", "spm", "template");
    private static final Set<String> DOCS =
            Set.of("md", "txt", "rst", "pdf", "html", "png", "jpg", "jpeg", "gif", "svg", "webp", "mp4", "ipynb");
    private static final Set<String> CODES =
            Set.of("py", "sh", "c", "cc", "cpp", "cu", "h", "hpp", "js", "ts", "go", "rs", "java", "lua", "pyc");
    private static final List<String> NAMED_DOCS = List.of("license", "licence", "notice", "readme", "copying");

    private final String word;

    ModelFile(String word) {
        this.word = word;
    }

    /** The media type of its bytes as they are. */
    String rawType() {
        return "application/vnd.cncf.model." + word + ".v1.raw";
    }

    /**
     * What the file at a path is. All but documents of a dataset is data; what nobody knows in a model is a weight.
     *
     * @param artifact the artifact's name, which begins with its kind
     */
    static ModelFile of(String artifact, String path) {
        String name = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        String ending = name.substring(name.lastIndexOf('.') + 1);
        boolean named = NAMED_DOCS.stream().anyMatch(name::startsWith);
        if (artifact.startsWith("datasets/")) {
            return named || ending.equals("md") ? DOC : CODES.contains(ending) ? CODE : DATASET;
        }
        if (named || (DOCS.contains(ending) && !name.equals("merges.txt") && !name.equals("vocab.txt"))) {
            return DOC;
        }
        if (CODES.contains(ending)) {
            return CODE;
        }
        boolean config =
                WEIGHT_CONFIGS.contains(ending) || ending.equals("txt") || name.startsWith("."); // .gitattributes
        return config ? WEIGHT_CONFIG : WEIGHT;
    }
}
