/** Models and datasets in object stores that speak S3: the worked example of a platform of one's own, and a real one. */
@SuppressWarnings("module") // the name of what it speaks ends in a digit
module io.synctools.s3 {
    requires transitive io.synctools.core;
    requires com.google.errorprone.annotations;
    requires com.fasterxml.jackson.databind;
    requires java.xml;
    requires okhttp3;

    exports io.synctools.s3;

    provides io.synctools.mirror.RemoteMirrorProvider with
            io.synctools.s3.S3TargetProvider;
    provides io.synctools.spi.TargetProvider with
            io.synctools.s3.S3TargetProvider;
}
