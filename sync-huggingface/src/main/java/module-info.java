/** Hugging Face: its hub as a source, its clients' cache and a local directory as targets. */
@SuppressWarnings("module") // the friend of the qualified export is built later
module io.synctools.huggingface {
    requires transitive io.synctools.core;
    requires com.google.errorprone.annotations;
    requires com.fasterxml.jackson.databind;
    requires okhttp3;

    exports io.synctools.huggingface;
    exports io.synctools.huggingface.xet to
            io.synctools.examples;

    provides io.synctools.serve.Dialect with
            io.synctools.huggingface.HuggingFaceDialect;
    provides io.synctools.spi.SourceProvider with
            io.synctools.huggingface.HuggingFaceProvider;
    provides io.synctools.spi.TargetProvider with
            io.synctools.huggingface.HuggingFaceCacheProvider,
            io.synctools.huggingface.LocalDirProvider;
}
