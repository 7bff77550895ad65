/** Hugging Face: its hub as a source, its clients' cache and a local directory as targets. */
module io.synctools.huggingface {
    requires transitive io.synctools.core;
    requires com.fasterxml.jackson.databind;
    requires okhttp3;

    exports io.synctools.huggingface;
}
