package io.synctools.modelscope;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.SocketEffect;
import okio.BufferedSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many files as the longest list in the field has, in one answer, with little memory. */
class LongListingIT {
    private static final int FILES = 270_000;

    @TempDir
    Path root;

    @Test
    void aListOf270000FilesFitsInto96MiBOfHeap() throws Exception {
        try (HubScript hub = new HubScript()) {
            hub.on(
                    "/api/v1/models/o/long/repo/files?Revision=master&Recursive=True",
                    new MockResponse.Builder()
                            .body(new LongAnswer())
                            .setHeader("Connection", "close")
                            .onResponseEnd(new SocketEffect.CloseSocket())
                            .build());
            try (ChildJvm child =
                    ChildJvm.start(LongListingMain.class, "96m", hub.url(), root.toString(), "models/o/long")) {
                String output = child.output();
                assertEquals(0, child.exit());
                assertTrue(output.startsWith(FILES + " "), output);
            }
        }
    }

    private static final class LongAnswer implements MockResponseBody {
        @Override
        public long getContentLength() {
            return -1;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            sink.writeUtf8("{\"Code\":200,\"Data\":{\"Files\":[");
            for (int i = 0; i < FILES; i++) {
                String digits = HexFormat.of().toHexDigits(i);
                String path = "data/part-" + i / 1000 + "/sample-" + digits + ".parquet";
                String revision = "0".repeat(32) + HexFormat.of().toHexDigits(i % 300);
                sink.writeUtf8(i == 0 ? "" : ",").writeUtf8(HubScript.file(path, i, "0".repeat(56) + digits, revision));
            }
            sink.writeUtf8("]},\"Message\":\"success\",\"RequestId\":\"r\",\"Success\":true}");
        }
    }
}
