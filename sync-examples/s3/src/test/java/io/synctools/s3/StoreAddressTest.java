package io.synctools.s3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Dns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** At which address a bucket is asked. */
class StoreAddressTest {
    @TempDir
    Path folder;

    private RunContext context(String endpoint, String region, String style, Set<String> plain) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "AWS_CONFIG_FILE",
                Files.writeString(folder.resolve("config"), "[default]\ns3 =\n  addressing_style = " + style + "\n")
                        .toString(),
                "AWS_ACCESS_KEY_ID",
                "key",
                "AWS_SECRET_ACCESS_KEY",
                "secret"));
        environment.put("AWS_ENDPOINT_URL", endpoint);
        environment.put("AWS_REGION", region);
        return RunContext.of(SyncOptions.builder()
                .environment(environment)
                .plainHttp(plain)
                .retries(0)
                .build());
    }

    @ParameterizedTest
    @CsvSource({
        "'', eu-central-1, auto, models, https://models.s3.eu-central-1.amazonaws.com/",
        "'', cn-north-1, auto, models, https://models.s3.cn-north-1.amazonaws.com.cn/",
        "'', eu-central-1, path, models, https://s3.eu-central-1.amazonaws.com/models/",
        "'', eu-central-1, auto, a.b.models, https://s3.eu-central-1.amazonaws.com/a.b.models/",
        "https://obs.cn-southwest-2.myhuaweicloud.com, '', auto, models,"
                + " https://models.obs.cn-southwest-2.myhuaweicloud.com/",
        "https://models.obs.cn-southwest-2.myhuaweicloud.com, '', auto, models,"
                + " https://models.obs.cn-southwest-2.myhuaweicloud.com/",
        "https://minio.example:9000, '', auto, models, https://minio.example:9000/models/",
        "https://minio.example:9000/gate, '', auto, models, https://minio.example:9000/gate/models/",
        "https://ceph.example, '', virtual, models, https://models.ceph.example/",
        "https://10.0.0.7:9000, '', virtual, models, https://10.0.0.7:9000/models/",
        "http://localhost:9000, '', virtual, models, http://localhost:9000/models/",
    })
    void isOfTheBucketsHostOrByPath(String endpoint, String region, String style, String bucket, String expected)
            throws Exception {
        RunContext context = context(endpoint, region, style, Set.of());

        assertEquals(
                expected,
                StoreAddress.of(bucket, context, Profile.of(context)).base().toString());
    }

    @Test
    void aBucketsOwnHostIsAskedAndSigned() throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.enqueue(new MockResponse.Builder().code(404).build());
            server.start();
            String host = LocalStore.BUCKET + ".store.example";
            RunContext context =
                    context("http://store.example:" + server.getPort(), "us-east-1", "virtual", Set.of(host));
            context.shared(Dns.class, any -> name -> List.of(InetAddress.getLoopbackAddress()));

            assertTrue(new StoreTarget(context, StoreTarget.PART, StoreTarget.COPIED_WHOLE)
                    .api(LocalStore.BUCKET)
                    .head("a/b.bin")
                    .isEmpty());

            RecordedRequest asked = server.takeRequest();
            assertEquals("HEAD /a/b.bin", asked.getMethod() + " " + asked.getTarget());
            assertEquals(host + ":" + server.getPort(), asked.getHeaders().get("Host"));
            String signed = String.valueOf(asked.getHeaders().get("Authorization"));
            assertTrue(signed.contains("SignedHeaders=host;"), signed);
        }
    }
}
