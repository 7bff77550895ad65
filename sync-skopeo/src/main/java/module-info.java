/** Container images between registries: planned over the registry API, moved by skopeo. */
module io.synctools.skopeo {
    requires transitive io.synctools.core;
    requires com.google.errorprone.annotations;
    requires com.fasterxml.jackson.databind;
    requires okhttp3;
    requires org.apache.commons.exec;

    exports io.synctools.skopeo;

    provides io.synctools.mirror.RemoteMirrorProvider with
            io.synctools.skopeo.OciTargetProvider;
    provides io.synctools.spi.SourceProvider with
            io.synctools.skopeo.RegistrySourceProvider;
    provides io.synctools.spi.TargetProvider with
            io.synctools.skopeo.RegistryTargetProvider,
            io.synctools.skopeo.OciTargetProvider;
}
