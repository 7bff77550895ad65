/** Container images between registries: planned over the registry API, moved by skopeo. */
module io.synctools.skopeo {
    requires transitive io.synctools.core;
    requires com.fasterxml.jackson.databind;
    requires okhttp3;
    requires org.apache.commons.exec;

    exports io.synctools.skopeo;
}
