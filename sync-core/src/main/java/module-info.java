/** The engine that mirrors artifacts, the SPI that platforms implement, and the receiving of files on shared disks. */
@SuppressWarnings("module") // the friends of the qualified exports are built later
module io.synctools.core {
    requires transitive org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires java.xml;
    requires okhttp3;
    requires io.github.resilience4j.retry;
    requires io.github.resilience4j.core;
    requires com.google.errorprone.annotations;
    requires static micrometer.core; // by io.synctools.metrics alone
    requires static io.netty.buffer; // by io.synctools.serve alone, and what follows
    requires static io.netty.codec;
    requires static io.netty.codec.http;
    requires static io.netty.common;
    requires static io.netty.handler;
    requires static io.netty.transport;

    exports io.synctools;
    exports io.synctools.config;
    exports io.synctools.file;
    exports io.synctools.metrics;
    exports io.synctools.mirror;
    exports io.synctools.model;
    exports io.synctools.report;
    exports io.synctools.serve;
    exports io.synctools.spi;
    exports io.synctools.standin;
    exports io.synctools.internal.http to
            io.synctools.modelscope,
            io.synctools.huggingface,
            io.synctools.skopeo,
            io.synctools.s3,
            io.synctools.examples;
    exports io.synctools.internal.json to
            io.synctools.modelscope,
            io.synctools.huggingface,
            io.synctools.skopeo,
            io.synctools.s3,
            io.synctools.examples;
    exports io.synctools.internal.disk to
            io.synctools.huggingface,
            io.synctools.modelscope,
            io.synctools.examples;
    exports io.synctools.internal.digest to
            io.synctools.modelscope,
            io.synctools.huggingface,
            io.synctools.skopeo,
            io.synctools.s3;
    exports io.synctools.internal.retry to
            io.synctools.modelscope,
            io.synctools.huggingface,
            io.synctools.skopeo,
            io.synctools.s3,
            io.synctools.examples;
    exports io.synctools.internal.text to
            io.synctools.modelscope,
            io.synctools.huggingface,
            io.synctools.skopeo,
            io.synctools.s3,
            io.synctools.examples;
    exports io.synctools.internal.threads to
            io.synctools.skopeo,
            io.synctools.s3;

    uses io.synctools.mirror.RemoteMirrorProvider;
    uses io.synctools.serve.Dialect;
    uses io.synctools.spi.SourceProvider;
    uses io.synctools.spi.TargetProvider;
}
