/** One thin main per runner and per image flow, and the tools beside them. */
module io.synctools.examples {
    requires io.synctools.core;
    requires org.jspecify;
    requires io.synctools.modelscope;
    requires io.synctools.huggingface;
    requires io.synctools.skopeo;
    requires com.fasterxml.jackson.databind;
    requires okhttp3;
    requires org.apache.commons.exec;
    requires info.picocli;
    requires me.tongfei.progressbar;
    requires io.netty.codec.http; // io.synctools.serve runs on it
    requires jdk.unsupported;

    opens io.synctools.examples to
            info.picocli;
}
