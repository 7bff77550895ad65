/** ModelScope: its hub as a source, its clients' cache as a target. */
module io.synctools.modelscope {
    requires transitive io.synctools.core;
    requires com.google.errorprone.annotations;
    requires com.fasterxml.jackson.databind;
    requires okhttp3;

    exports io.synctools.modelscope;

    provides io.synctools.serve.Dialect with
            io.synctools.modelscope.ModelScopeDialect;
    provides io.synctools.spi.SourceProvider with
            io.synctools.modelscope.ModelScopeProvider;
    provides io.synctools.spi.TargetProvider with
            io.synctools.modelscope.ModelScopeCacheProvider;
}
